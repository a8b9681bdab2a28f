"""Whether a prompt holds anything that a model of English words can read."""

from __future__ import annotations

import unicodedata

PUNCTUATION_EMOJI = frozenset("\u203c\u2049\u3030")
"""Emoji that Unicode files as punctuation (emoji-data.txt): double exclamation, exclamation question, wavy dash."""
AS_EMOJI = ("\ufe0f", "\u20e3")
"""What makes an emoji of the character before it: variation selector 16, the enclosing keycap (UTS 51)."""
NO_SYMBOLS = frozenset("\u2800\ufffc\ufffd")
"""Filed as symbols, but one is blank (braille without a dot) and two stand for what was lost."""


def is_readable(prompt: str) -> bool:
    """True for a prompt with a Latin letter (accents aside), a digit or a symbol such as an emoji.

    A prompt in another script alone would be drawn as a guess about nothing.
    """
    decomposed = unicodedata.normalize("NFKD", prompt)
    if any(character.isascii() and character.isalnum() for character in decomposed):
        return True
    return any(
        _is_symbol(character) or (following in AS_EMOJI and not character.isspace() and character not in NO_SYMBOLS)
        for character, following in zip(prompt, f"{prompt} "[1:], strict=True)
    )


def _is_symbol(character: str) -> bool:
    if character in NO_SYMBOLS:
        return False
    return character in PUNCTUATION_EMOJI or unicodedata.category(character) == "So"
