"""This installation's catalogue of models and styles, read once a process."""

from __future__ import annotations

import json
import logging
from functools import lru_cache

from django.conf import settings

from generation.pipeline.catalog import Catalog, ModelEntry, load_catalog
from generation.weights import find_fault

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def get_catalog() -> Catalog:
    """The catalogue of ATELIER_MODELS_FILE and the styles. Raises `CatalogInvalid` when a file breaks a rule."""
    return load_catalog(settings.ATELIER_MODELS_FILE, settings.ATELIER_STYLES_FILE)


def name_models() -> list[str]:
    """Names of all models of the catalogue, in its order."""
    return [entry.name for entry in get_catalog().models]


def list_loadable_models() -> list[str]:
    """Names of the models that this machine can load: their folder is here and whole, or they come from a hub.

    Why another one is not offered is in the log.
    """
    return [entry.name for entry in get_catalog().models if _is_loadable(entry)]


@lru_cache
def list_knowledge(name: str) -> dict[str, list[str]] | None:
    """What the model called `name` can draw, by kind; None where it does not say. Raises `UnknownModel`."""
    entry = get_catalog().model(name)
    folder = entry.path(settings.ATELIER_MODELS_DIR)
    if folder is None or entry.knows is None or not (folder / entry.knows).is_file():
        return None
    known: dict[str, list[str]] = json.loads((folder / entry.knows).read_text("utf-8"))
    return known


def _is_loadable(entry: ModelEntry) -> bool:
    folder = entry.path(settings.ATELIER_MODELS_DIR)
    if folder is None:
        return True
    fault = find_fault(folder) if folder.is_dir() else f"there is no folder {folder} (ATELIER_MODELS_DIR)"
    if fault:
        log.error("the model %s is not offered: %s", entry.name, fault)
    return fault is None
