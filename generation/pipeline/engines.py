"""The Protocols of the engines that stages use; the adapters in `generation.engines` implement them.

A new role is a Protocol here, a line in `ROLES`, an adapter and an entry in `generation/models.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np  # for annotations only: the web process imports the roles and must not load numpy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """The input of a text-to-image engine, which draws one image of `width` x `height` pixels for each seed.

    `prompt` and `negative_prompt` include the words of the style preset; `subject` and `unwanted` are the client's own
    texts, for an engine that handles `style` and the generation type by their names.
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
        """Sentences for the client on parts of the request that the engine does not follow; empty if it follows all."""
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
    """The value of the metadata member `upscaler`."""

    def upscale(self, pixels: np.ndarray, width: int, height: int, on_tile: Callable[[int, int], None]) -> np.ndarray:
        """Enlarge (h, w, 3) uint8 RGB to exactly (height, width, 3); `on_tile(done, total)` before every tile."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """An engine ready to run; `load_ms` is how long loading took (0 on a cache hit)."""

    engine: T
    cache_hit: bool
    load_ms: int


@dataclass(frozen=True, slots=True)
class Role(Generic[T]):
    """The purpose of an engine other than a model; it implements `T`. `name` is its table in the catalogue's files."""

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
        """The engine of `role` in the catalogue. Raises `StageFailed`."""
        ...
