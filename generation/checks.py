"""Checks of the installation's catalogue, for `manage.py check` and for every process that starts."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from generation.catalog import get_catalog
from generation.pipeline.catalog import CatalogInvalid


def check_catalog(*_: Any, **__: Any) -> list[CheckMessage]:
    """The models and styles can be read and break no rule."""
    try:
        get_catalog()
    except (CatalogInvalid, OSError) as error:
        return [Error(f"The catalogue of models cannot be used: {error}.", id="generation.E001")]
    return []
