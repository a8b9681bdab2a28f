"""The contract of a stage: a pure step from one state to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from generation.pipeline.engines import Engines
from generation.pipeline.spec import Spec

Pool = Literal["cpu", "gpu"]

Beat = Callable[[int, int], None]
"""`beat(step, steps)` reports progress, and raises `Stopped` to end the stage."""


class Stopped(BaseException):
    """Raised by a beat to end the stage: the generation was cancelled or belongs to another worker now.

    Not an `Exception`, so that an engine's `except Exception` does not catch it.
    """


class StageFailed(Exception):
    """A stage failed. `code` is stable, `message` is a sentence for the client.

    `retryable` False fails the generation at once; True fails this attempt.
    """

    def __init__(self, code: str, message: str, *, retryable: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Frame:
    """Image `index` (0-based) as pixels: (height, width, 3) uint8 RGB."""

    index: int
    pixels: np.ndarray


@dataclass(frozen=True, slots=True)
class File:
    """Image `index` (0-based) as an encoded file of `format` (png, jpeg, webp), size in pixels."""

    index: int
    content: bytes
    format: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Small JSON values that a stage found out; later stages and the client's `metadata` get them."""

    values: dict[str, Any]


Product = Frame | File | Facts


@dataclass(frozen=True, slots=True)
class State:
    """The products and facts of the previous stages. `items` loads lazily: keep one in memory at a time."""

    facts: Mapping[str, Any]
    items: Sequence[Frame | File]


class Stage(Protocol):
    """A stage SHALL be pure: same state, spec and engines, same products. It SHALL yield each product as soon as
    it is ready, SHALL call `beat` before each unit of work that may last longer than a second, SHALL NOT catch
    `Stopped`, and MAY raise `StageFailed`. Any other exception counts as one failed attempt."""

    name: str
    pool: Pool
    time_limit_seconds: int

    def applies_to(self, spec: Spec) -> bool: ...

    def run(self, state: State, spec: Spec, engines: Engines, beat: Beat) -> Iterator[Product]: ...
