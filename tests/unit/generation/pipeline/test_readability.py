"""A model of English words reads Latin letters, digits and emoji."""

from __future__ import annotations

import pytest

from generation.pipeline.readability import is_readable


@pytest.mark.parametrize("prompt", ["apple", "\u00e9", "\uff21pple", "7", "\U0001f34e", "\u732b cat", "x" * 2000])
def test_a_word_a_number_or_an_emoji_can_be_read(prompt: str) -> None:
    assert is_readable(prompt)


@pytest.mark.parametrize(
    "emoji", ["\u203c\ufe0f", "\u203c", "\u2049\ufe0f", "\u3030", "\u2194\ufe0f", "#\ufe0f\u20e3", "\u3297\ufe0f"]
)
def test_an_emoji_can_be_read_whatever_unicode_files_it_as(emoji: str) -> None:
    assert is_readable(emoji)


@pytest.mark.parametrize(
    "prompt",
    [
        "\u732b",
        "\u043a\u043e\u0442",
        "?!",
        "...",
        "\u202e",
        "",
        "\u2800",
        "\u2800\ufe0f",
        "\ufffd",
        "\u20ac",
        " \ufe0f",
    ],
)
def test_other_scripts_and_bare_marks_cannot(prompt: str) -> None:
    assert not is_readable(prompt)
