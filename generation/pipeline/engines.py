"""What the stages ask of the outside world: Protocols that the adapters in `generation.engines` fulfil.

A new role is a Protocol here, a line in `ROLES`, an adapter and an entry in `generation/models.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np  # a name in signatures alone: the web process, which reads the roles, stays without it

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """What a text-to-image engine draws: one image a seed, `width` x `height` pixels.

    `prompt` and `negative_prompt` hold the words of the style preset too; `subject` and `unwanted` are the client's
    own, for an engine that reads the preset `style` and the generation type by name.
    """

    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int
    guidance_scale: float | None
    seeds: tuple[int, ...]
    subject: str = ""
    unwanted: str = ""
    style: str | None = None
    generation_type: str = "standard"


class TextToImage(Protocol):
    def draw(self, request: DrawRequest, on_step: Callable[[int, int], None]) -> Iterator[np.ndarray]:
        """Yield one (height, width, 3) uint8 RGB array a seed, in order.

        `on_step(done, total)` is called after every denoising step; total = steps x images. The pixels of a seed
        do not depend on the other seeds. Raises `StageFailed` when the output is not a picture.
        """
        ...

    def notes(self, request: DrawRequest) -> list[str]:
        """What the client has to know of how the request is read: sentences, none where it is read in full."""
        ...


@dataclass(frozen=True, slots=True)
class Face:
    """A face found in an image, in its pixels; `score` in 0..1; landmarks are (x, y) pairs."""

    x: float
    y: float
    width: float
    height: float
    score: float
    landmarks: tuple[tuple[float, float], ...]


class FaceFinder(Protocol):
    def find(self, pixels: np.ndarray) -> list[Face]:
        """Faces in a (height, width, 3) uint8 RGB array, best score first."""
        ...


class Upscaler(Protocol):
    name: str
    """What the metadata fact `upscaler` says."""

    def upscale(self, pixels: np.ndarray, width: int, height: int, on_tile: Callable[[int, int], None]) -> np.ndarray:
        """Enlarge (h, w, 3) uint8 RGB to exactly (height, width, 3); `on_tile(done, total)` before every tile."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """An engine ready to run; `load_ms` is what loading cost this time (0 on a cache hit)."""

    engine: T
    cache_hit: bool
    load_ms: int


@dataclass(frozen=True, slots=True)
class Role(Generic[T]):
    """What an engine beside the models is for, fulfilled by a `T`. `name` is its table in the catalogue's files."""

    name: str


FACE_FINDER: Role[FaceFinder] = Role("face_finder")
UPSCALER: Role[Upscaler] = Role("upscaler")

ROLES: tuple[Role[Any], ...] = (FACE_FINDER, UPSCALER)
"""Every role; the shipped catalogue has an entry for each."""


class Engines(Protocol):
    def text_to_image(self, model: str) -> Loaded[TextToImage]:
        """The model of this name. Raises `StageFailed`."""
        ...

    def tool(self, role: Role[T]) -> Loaded[T]:
        """The engine that the catalogue has for `role`. Raises `StageFailed`."""
        ...
