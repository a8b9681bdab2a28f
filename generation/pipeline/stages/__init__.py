"""The stages of the pipeline, one a file. Their order is in `generation.pipeline.registry`."""
