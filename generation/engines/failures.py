"""What happens to memory and to errors when torch stops in the middle of its work."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from generation.engines.cache import free_memory
from generation.pipeline.stage import StageFailed

_CPU_SIGNS = ("can't allocate memory", "not enough memory")
"""torch has no class of its own for a CPU allocation that failed, only these words in a RuntimeError."""


@contextmanager
def reported_failures() -> Iterator[None]:
    """Pass every error on, the memory of its work released; out of memory as a retryable `StageFailed`.

    An error's traceback keeps the frames it went through, and they keep the latents, for as long as anybody
    holds the error: their local variables are dropped here.
    """
    try:
        yield
    except BaseException as error:
        _drop_locals(error)
        free_memory()
        if is_out_of_memory(error):
            raise StageFailed("out_of_memory", "The worker ran out of memory.", retryable=True) from error
        raise


def _drop_locals(error: BaseException) -> None:
    """Empty the frames that `error` went through, as far as they have ended."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        try:
            frame.clear()
        except RuntimeError:  # still running: the caller's own
            continue
        # diffusers calls locals(); the dictionary that leaves on the frame follows only when it is looked at.
        _ = frame.f_locals


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that the CPU or the GPU has no memory left."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _CPU_SIGNS)
