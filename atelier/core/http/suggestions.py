"""The nearest right name for a wrong one: of a field, a parameter or a path. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

ALIKE = 0.75
"""How alike two names must be (0..1, difflib's ratio) to be taken for a mistyped one."""
LONGEST = 100
"""Longer names are compared with nothing: comparing costs the product of both lengths."""


def nearest(wrong: str, right: Iterable[str], known_as: Mapping[str, str] | None = None) -> str | None:
    """The right name that `wrong` stands for: written in another style, called otherwise elsewhere, or mistyped.

    `known_as` maps what others call a thing, in small letters without separators, to its right name.
    """
    names = {_plain(name): name for name in right}
    plain = _plain(wrong[:LONGEST])
    if plain in names:
        return names[plain]
    if known_as and plain in known_as:
        return known_as[plain]
    found = difflib.get_close_matches(plain, names, n=1, cutoff=ALIKE)
    return names[found[0]] if found else None


def question(wrong: str, right: Iterable[str], known_as: Mapping[str, str] | None = None) -> str:
    """` Do you mean x?`, or which names there are."""
    names = list(right)
    found = nearest(wrong, names, known_as)
    if found is not None:
        return f" Do you mean {found!r}?"
    return f" There are: {', '.join(names)}." if names else " There are none."


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
