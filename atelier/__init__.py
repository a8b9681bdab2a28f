"""Atelier. `__version__` is the one place that says which version this is (CHANGELOG.md)."""

__version__ = "0.2.0"
