"""The catalogue: which models and styles this installation offers, read from two TOML files."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from generation.pipeline.spec import GENERATION_TYPES

LEAST_SIDE = 64
"""The smallest side a client may ask for, pixels; no model draws less, however long the picture is."""

SHIPPED = Path(__file__).parents[1]
"""The package that shipped models are part of."""

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


class UnknownModel(LookupError):
    """No model of this name; the message lists the names that exist."""


class UnknownStyle(LookupError):
    """No style of this name; the message lists the names that exist."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One text-to-image model. Sides in pixels, `seconds_per_step` at the native size.

    Exactly one of `folder` (relative to the models' directory, or absolute; of a `shipped` model relative to the
    catalogue's package) and `hub_id` (with a 40-digit commit as `revision`) says where its weights are. `adapter` is
    `module:function` and loads it. `knows` names a JSON file in the folder that lists what it can draw.
    `stand_in_for` are the generation types it serves for want of a better model, and says so. `english_only` models
    are not asked to draw a prompt without a Latin letter, digit or emoji.
    """

    name: str
    title: str
    adapter: str
    revision: str
    native_side: int
    licence: str
    serves: tuple[str, ...]
    default_for: tuple[str, ...] = ()
    folder: str | None = None
    hub_id: str | None = None
    multiple: int = 8
    min_native_side: int | None = None
    max_native_side: int | None = None
    default_guidance: float | None = None
    seconds_per_step: float = 0.0
    note: str = ""
    shipped: bool = False
    knows: str | None = None
    stand_in_for: tuple[str, ...] = ()
    english_only: bool = False

    def path(self, models_dir: Path) -> Path | None:
        """Where a local model lies; None for one from a hub."""
        if self.folder is None:
            return None
        return (SHIPPED if self.shipped else models_dir) / self.folder

    @property
    def source(self) -> str:
        """Where the weights are, for people: the folder or the hub id."""
        return self.folder or self.hub_id or ""


@dataclass(frozen=True, slots=True)
class ToolEntry:
    """The face finder or the upscaler: `adapter` is `module:function` and loads it; `threads` it may use."""

    name: str
    title: str
    adapter: str
    licence: str
    threads: int = 1


@dataclass(frozen=True, slots=True)
class StyleEntry:
    """A style preset: words for the prompt and the negative prompt, and the generation type it implies."""

    name: str
    title: str
    prompt_suffix: str
    negative: str = ""
    generation_type: str = "standard"


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that is on offer, in the order of the files."""

    models: tuple[ModelEntry, ...]
    styles: tuple[StyleEntry, ...]
    face_finder: ToolEntry
    upscaler: ToolEntry

    def model(self, name: str) -> ModelEntry:
        """The model called `name`. Raises `UnknownModel`."""
        return _pick(self.models, name, UnknownModel, "model")

    def style(self, name: str) -> StyleEntry:
        """The style called `name`. Raises `UnknownStyle`."""
        return _pick(self.styles, name, UnknownStyle, "style")

    def default_for(self, generation_type: str) -> ModelEntry:
        """The one model that serves `generation_type` when the client names none. Raises `UnknownModel`."""
        for entry in self.models:
            if generation_type in entry.default_for:
                return entry
        raise UnknownModel(
            f"No model serves the generation type {generation_type!r}. Known types: {', '.join(GENERATION_TYPES)}."
        )


def load_catalog(models_path: Path, styles_path: Path) -> Catalog:
    """Read and check both files. Raises `CatalogInvalid`, or `OSError` when a file cannot be read."""
    document = _read_toml(models_path)
    where = models_path.name
    models = tuple(_build(ModelEntry, row, where) for row in document.get("model", []))
    _check_unique(models, where)
    for entry in models:
        _check_model(entry, where)
    _check_defaults(models, where)
    return Catalog(
        models=models,
        styles=load_styles(styles_path),
        face_finder=_build(ToolEntry, document.get("face_finder", {}), where),
        upscaler=_build(ToolEntry, document.get("upscaler", {}), where),
    )


def load_styles(path: Path) -> tuple[StyleEntry, ...]:
    """Read and check the style presets. Raises `CatalogInvalid`."""
    styles = tuple(_build(StyleEntry, row, path.name) for row in _read_toml(path).get("style", []))
    _check_unique(styles, path.name)
    for style in styles:
        if style.generation_type not in GENERATION_TYPES:
            raise CatalogInvalid(f"{path.name}: style {style.name!r}: unknown type {style.generation_type!r}")
    return styles


def native_size(entry: ModelEntry, width: int, height: int) -> tuple[int, int]:
    """The size the model draws for a picture of `width` x `height`, both multiples of `entry.multiple`.

    Same aspect as far as the multiple allows, an area of about `native_side`^2, never more than the picture
    needs: a picture smaller than that is drawn at its own size rounded up, unless the model needs
    `min_native_side`. A very long picture is drawn larger, so that its short side keeps `LEAST_SIDE`; where
    `max_native_side` forbids that, the frame is less long than the picture and the upscale stage crops it.
    """
    side = math.sqrt(width * height)
    scale = max(min(1.0, entry.native_side / side), (entry.min_native_side or 0) / side)
    scale = max(scale, LEAST_SIDE / min(width, height))
    if entry.max_native_side:
        scale = min(scale, entry.max_native_side / max(width, height))
    return _native_length(entry, width, scale), _native_length(entry, height, scale)


def _native_length(entry: ModelEntry, length: int, scale: float) -> int:
    """One side at `scale`: rounded up at its own size, so that nothing is missing, else to the nearest."""
    step = entry.multiple
    rounded = math.ceil(length / step) if scale == 1.0 else round(length * scale / step)
    if entry.max_native_side:
        rounded = min(rounded, entry.max_native_side // step)
    return max(rounded * step, math.ceil(LEAST_SIDE / step) * step)


def _pick(entries: Sequence[Entry], name: str, error: type[LookupError], noun: str) -> Entry:
    for entry in entries:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in entries) or "none"
    raise error(f"No {noun} is called {name!r}. Known: {known}.")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogInvalid(f"{path.name}: {error}") from error


def _build(kind: type[Entry], row: Mapping[str, Any], where: str) -> Entry:
    """An entry from its TOML table; lists become tuples. Unknown, missing and mistyped keys are errors."""
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
        "min_native_side must not exceed native_side": (entry.min_native_side or 0) <= entry.native_side,
        "max_native_side must not be under native_side": (entry.max_native_side or 8192) >= entry.native_side,
        "adapter must be module:function": entry.adapter.count(":") == 1,
    }
    for rule, holds in rules.items():
        if not holds:
            raise CatalogInvalid(f"{where}: model {entry.name!r}: {rule}")


def _is_commit(revision: str) -> bool:
    return bool(HUB_REVISION.fullmatch(revision))


def _check_defaults(models: tuple[ModelEntry, ...], where: str) -> None:
    for generation_type in GENERATION_TYPES:
        names = [entry.name for entry in models if generation_type in entry.default_for]
        if len(names) != 1:
            raise CatalogInvalid(f"{where}: {generation_type!r} needs exactly one default model, has {names or 'none'}")
