"""Adapters from the pipeline's Protocols to real networks: one a file. Only workers import this."""
