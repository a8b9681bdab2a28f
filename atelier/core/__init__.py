"""The kernel: no models, no domain words."""
