"""The catalogue: which models, tools and styles this installation offers."""

from generation.pipeline.catalog.entries import (
    Catalog,
    ModelEntry,
    StyleEntry,
    ToolEntry,
    UnknownModel,
    UnknownStyle,
)
from generation.pipeline.catalog.loading import CatalogInvalid, load_catalog, load_styles
from generation.pipeline.catalog.sizes import LEAST_SIDE, native_size

__all__ = [
    "LEAST_SIDE",
    "Catalog",
    "CatalogInvalid",
    "ModelEntry",
    "StyleEntry",
    "ToolEntry",
    "UnknownModel",
    "UnknownStyle",
    "load_catalog",
    "load_styles",
    "native_size",
]
