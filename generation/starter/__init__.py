"""The starter model: its data, network, training, pipeline and evaluation."""
