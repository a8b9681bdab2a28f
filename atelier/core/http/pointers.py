"""JSON pointers (RFC 6901): where in a body something is wrong."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_TOKEN = 100
"""Characters of one member's name that an answer repeats."""


def pointer(path: Iterable[str | int]) -> str:
    """The pointer to a value: `("dimensions", "width")` is `/dimensions/width`; no path is the whole body."""
    return "".join(f"/{escape_token(step)}" for step in path)


def escape_token(step: str | int) -> str:
    """One reference token (RFC 6901, section 3), at most `LONGEST_TOKEN` characters of it."""
    return str(step).replace("~", "~0").replace("/", "~1")[:LONGEST_TOKEN]
