"""Whether a prompt holds anything that a model of English words can read."""

from __future__ import annotations

import unicodedata


def is_readable(prompt: str) -> bool:
    """True for a prompt with a Latin letter (accents aside), a digit or a symbol such as an emoji.

    A prompt in another script alone would be drawn as a guess about nothing.
    """
    decomposed = unicodedata.normalize("NFKD", prompt)
    return any(
        (character.isascii() and character.isalnum()) or unicodedata.category(character) == "So"
        for character in decomposed
    )
