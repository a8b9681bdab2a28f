"""Reading the catalogue: the shipped file of models and tools, an operator's overrides, and the styles."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from generation.pipeline.catalog.entries import SHIPPED, Catalog, ModelEntry, StyleEntry, ToolEntry
from generation.pipeline.catalog.sizes import LEAST_SIDE
from generation.pipeline.engines import ROLES, Role
from generation.pipeline.spec import GENERATION_TYPES

HUB_REVISION = re.compile(r"[0-9a-f]{40}")
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")

_TOML_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "tuple[str, ...]": (tuple,),
}
"""Python types of a TOML value by the annotation of the field that takes it."""

Entry = TypeVar("Entry", "ModelEntry", "ToolEntry", "StyleEntry")


class CatalogInvalid(ValueError):
    """A catalogue file breaks a rule; the message names the file, the entry and the rule."""


def load_catalog(
    models_path: Path,
    styles_path: Path,
    *,
    shipped_path: Path = SHIPPED / "models.toml",
    roles: Sequence[Role[Any]] = ROLES,
) -> Catalog:
    """The shipped catalogue, overridden by that of `models_path` (it may be the same file), and the styles.

    Where `models_path` has a [[model]], its list of models replaces the shipped one; a table named like a role replaces
    the shipped entry of that role. So a catalogue written for an older release also has an entry for every role.
    Raises `CatalogInvalid`, or `OSError` when a file cannot be read.
    """
    shipped, own = (_read_models(path, roles) for path in (shipped_path, models_path))
    models, where = (own.models, models_path) if own.models else (shipped.models, shipped_path)
    _check_defaults(models, str(where))
    tools = dict(shipped.tools) | own.tools
    for role in roles:
        if role.name not in tools:
            raise CatalogInvalid(f"{shipped_path}: the role {role.name!r} has no entry")
    return Catalog(models=models, styles=load_styles(styles_path), tools=tools)


@dataclass(frozen=True, slots=True)
class _ModelsFile:
    models: tuple[ModelEntry, ...]
    tools: dict[str, ToolEntry]


def _read_models(path: Path, roles: Sequence[Role[Any]]) -> _ModelsFile:
    """One file of models and tools, each entry checked."""
    document, where = _read_toml(path), str(path)
    models = tuple(_build(ModelEntry, row, where) for row in document.pop("model", []))
    _check_unique(models, where)
    for entry in models:
        _check_model(entry, where)
    known = [role.name for role in roles]
    for name in document:
        if name not in known:
            raise CatalogInvalid(f"{where}: there is no role {name!r}. Known roles: {', '.join(known)}.")
    tools = {name: _build(ToolEntry, row, where) for name, row in document.items()}
    for name, tool in tools.items():
        if not _is_adapter(tool.adapter):
            raise CatalogInvalid(f"{where}: {name}: adapter must be module:function")
    return _ModelsFile(models, tools)


def load_styles(path: Path) -> tuple[StyleEntry, ...]:
    """Read and check the style presets. Raises `CatalogInvalid`."""
    styles = tuple(_build(StyleEntry, row, str(path)) for row in _read_toml(path).get("style", []))
    _check_unique(styles, str(path))
    for style in styles:
        if style.generation_type not in GENERATION_TYPES:
            raise CatalogInvalid(f"{path}: style {style.name!r}: unknown type {style.generation_type!r}")
    return styles


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogInvalid(f"{path}: {error}") from error


def _build(kind: type[Entry], row: Any, where: str) -> Entry:
    """An entry from its TOML table; lists become tuples. Unknown, missing and mistyped keys are errors."""
    if not isinstance(row, Mapping):
        raise CatalogInvalid(f"{where}: {row!r} must be a table")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    label = f"{where}: {row.get('name', kind.__name__)!r}"
    types = {field.name: str(field.type) for field in fields(kind)}
    for key, value in values.items():
        if key not in types:
            raise CatalogInvalid(f"{label}: unknown key {key!r}")
        if type(value) not in _TOML_TYPES[types[key].removesuffix(" | None")]:
            raise CatalogInvalid(f"{label}: {key} must be {types[key]}, not {value!r}")
    try:
        return kind(**values)
    except TypeError as error:
        raise CatalogInvalid(f"{label}: {error}") from error


def _check_unique(entries: Iterable[ModelEntry] | Iterable[StyleEntry], where: str) -> None:
    seen: set[str] = set()
    for entry in entries:
        if not NAME.fullmatch(entry.name) or entry.name in seen:
            raise CatalogInvalid(f"{where}: the name {entry.name!r} is malformed or used twice")
        seen.add(entry.name)


def _check_model(entry: ModelEntry, where: str) -> None:
    rules = {
        "set either folder or hub_id": bool(entry.folder) != bool(entry.hub_id),
        "hub_id needs owner/name": entry.hub_id is None or bool(HUB_ID.fullmatch(entry.hub_id)),
        "hub_id needs a 40-digit commit as revision": not entry.hub_id or _is_commit(entry.revision),
        "serves has an unknown generation type": set(entry.serves) <= set(GENERATION_TYPES),
        "default_for must be part of serves": set(entry.default_for) <= set(entry.serves),
        "stand_in_for must be part of serves": set(entry.stand_in_for) <= set(entry.serves),
        "multiple must be 1..256": 1 <= entry.multiple <= 256,
        f"native_side must be {LEAST_SIDE}..8192": LEAST_SIDE <= entry.native_side <= 8192,
        "default_guidance must not exceed max_guidance": entry.guidance(None) == entry.default_guidance,
        "min_native_side must not exceed native_side": (entry.min_native_side or 0) <= entry.native_side,
        "max_native_side must not be under native_side": (entry.max_native_side or 8192) >= entry.native_side,
        "adapter must be module:function": _is_adapter(entry.adapter),
    }
    for rule, holds in rules.items():
        if not holds:
            raise CatalogInvalid(f"{where}: model {entry.name!r}: {rule}")


def _is_commit(revision: str) -> bool:
    return bool(HUB_REVISION.fullmatch(revision))


def _is_adapter(path: str) -> bool:
    return path.count(":") == 1


def _check_defaults(models: tuple[ModelEntry, ...], where: str) -> None:
    for generation_type in GENERATION_TYPES:
        names = [entry.name for entry in models if generation_type in entry.default_for]
        if len(names) != 1:
            raise CatalogInvalid(f"{where}: {generation_type!r} needs exactly one default model, has {names or 'none'}")
