"""A model of English words reads Latin letters, digits and emoji."""

from __future__ import annotations

import pytest

from generation.pipeline.readability import is_readable


@pytest.mark.parametrize("prompt", ["apple", "\u00e9", "\uff21pple", "7", "\U0001f34e", "\u732b cat", "x" * 2000])
def test_a_word_a_number_or_an_emoji_can_be_read(prompt: str) -> None:
    assert is_readable(prompt)


@pytest.mark.parametrize("prompt", ["\u732b", "\u043a\u043e\u0442", "?!", "...", "\u202e", ""])
def test_other_scripts_and_bare_marks_cannot(prompt: str) -> None:
    assert not is_readable(prompt)
