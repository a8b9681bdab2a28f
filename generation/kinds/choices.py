"""Choosing model and style from the catalogue, for the plans of several kinds."""

from __future__ import annotations

from atelier.core.errors import InvalidRequest
from generation.pipeline.catalog import Catalog, ModelEntry, UnknownModel, UnknownStyle


class UnknownModelError(InvalidRequest):
    code = "unknown_model"
    title = "There is no such model"


class UnknownStyleError(InvalidRequest):
    code = "unknown_style"
    title = "There is no such style"


def type_of_style(catalog: Catalog, style: str | None) -> str | None:
    """The generation type that a style preset implies; None without a style. Raises `UnknownStyleError`."""
    if style is None:
        return None
    try:
        return catalog.style(style).generation_type
    except UnknownStyle as error:
        raise UnknownStyleError(str(error), errors=[{"pointer": "/style", "message": str(error)}]) from error


def choose_model(catalog: Catalog, name: str | None, generation_type: str) -> ModelEntry:
    """The model of that name, else the type's default. Raises `UnknownModelError`."""
    try:
        return catalog.model(name) if name else catalog.default_for(generation_type)
    except UnknownModel as error:
        raise UnknownModelError(str(error), errors=[{"pointer": "/model", "message": str(error)}]) from error
