"""The entries of a catalogue: models, tools and styles, and finding them by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from generation.pipeline.spec import GENERATION_TYPES

SHIPPED = Path(__file__).parents[2]
"""The package directory, which contains the shipped models."""

CLIPPED = "The model {name} is ruined by a guidanceScale of {asked:g}: it drew with {most:g}, the most it bears."

Named = TypeVar("Named", "ModelEntry", "StyleEntry")


class UnknownModel(LookupError):
    """No model of this name; the message lists the names that exist."""


class UnknownStyle(LookupError):
    """No style of this name; the message lists the names that exist."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One text-to-image model. Sides in pixels, `seconds_per_step` at the native size.

    Exactly one of `folder` (relative to the models' directory, or absolute; of a `shipped` model relative to the
    catalogue's package) and `hub_id` (with a 40-digit commit as `revision`) locates its weights. `adapter` is
    `module:function` and loads it. `knows` names a JSON file in the folder that lists what it can draw.
    `stand_in_for` are the generation types that it serves only because no better model is installed, which clients
    see. `english_only` models refuse a prompt without a Latin letter, digit or emoji. A guidance above `max_guidance`
    ruins the pictures.
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
    max_guidance: float | None = None
    seconds_per_step: float = 0.0
    note: str = ""
    shipped: bool = False
    knows: str | None = None
    stand_in_for: tuple[str, ...] = ()
    english_only: bool = False

    def guidance(self, asked: float | None) -> float | None:
        """The guidance to draw with: the default if none was requested, and at most `max_guidance`."""
        wanted = self.default_guidance if asked is None else asked
        return wanted if wanted is None or self.max_guidance is None else min(wanted, self.max_guidance)

    def guidance_notes(self, asked: float | None) -> list[str]:
        """A sentence for the client if the requested guidance is limited; else empty."""
        if asked is None or self.guidance(asked) == asked:
            return []
        return [CLIPPED.format(name=self.name, asked=asked, most=self.max_guidance)]

    def path(self, models_dir: Path) -> Path | None:
        """The folder of a local model; None for one from a hub."""
        if self.folder is None:
            return None
        return (SHIPPED if self.shipped else models_dir) / self.folder

    @property
    def source(self) -> str:
        """Where the weights are, for display: the folder or the hub id."""
        return self.folder or self.hub_id or ""


@dataclass(frozen=True, slots=True)
class ToolEntry:
    """The engine of a role: `adapter` is `module:function` and loads it; it may use `threads` threads."""

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
    """All models and styles that clients can choose, in the order of the files; `tools` by role, one for each role."""

    models: tuple[ModelEntry, ...]
    styles: tuple[StyleEntry, ...]
    tools: Mapping[str, ToolEntry]

    def model(self, name: str) -> ModelEntry:
        """The model called `name`. Raises `UnknownModel`."""
        return _pick(self.models, name, UnknownModel, "model")

    def style(self, name: str) -> StyleEntry:
        """The style called `name`. Raises `UnknownStyle`."""
        return _pick(self.styles, name, UnknownStyle, "style")

    def default_for(self, generation_type: str) -> ModelEntry:
        """The model that serves `generation_type` when the client names none. Raises `UnknownModel`."""
        for entry in self.models:
            if generation_type in entry.default_for:
                return entry
        raise UnknownModel(
            f"No model serves the generation type {generation_type!r}. Known types: {', '.join(GENERATION_TYPES)}."
        )


def _pick(entries: Sequence[Named], name: str, error: type[LookupError], noun: str) -> Named:
    for entry in entries:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in entries) or "none"
    raise error(f"No {noun} is called {name!r}. Known: {known}.")
