"""The stages of the pipeline, one a file. Their order stands in `generation.pipeline.registry`."""
