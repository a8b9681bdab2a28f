"""This installation's catalogue of models and styles, read once a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from generation.pipeline.catalog import Catalog, ModelEntry, load_catalog


@lru_cache(maxsize=1)
def get_catalog() -> Catalog:
    """The catalogue of ATELIER_MODELS_FILE and the styles. Raises `CatalogInvalid` when a file breaks a rule."""
    return load_catalog(settings.ATELIER_MODELS_FILE, settings.ATELIER_STYLES_FILE)


def model_folder(entry: ModelEntry) -> Path | None:
    """Where a local model lies; None for one from a hub."""
    return None if entry.folder is None else settings.ATELIER_MODELS_DIR / entry.folder


def list_loadable_models() -> list[str]:
    """Names of the models that this machine can load: their folder is here, or they come from a hub."""
    folders = ((entry, model_folder(entry)) for entry in get_catalog().models)
    return [entry.name for entry, folder in folders if folder is None or folder.is_dir()]
