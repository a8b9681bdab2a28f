"""The glossary is short, has every word of the domain that the code uses, and is found."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import PRODUCT, PROJECT, python_files

LINES = (PROJECT / "docs/glossary.md").read_text().splitlines()
WORDS = {
    found[1].lower(): found[2] for found in (re.fullmatch(r"- \*\*(.+?)\*\*: (.+)", line) for line in LINES) if found
}
DOMAIN = (
    "generation",
    "spec",
    "stage",
    "plan",
    "attempt",
    "fence",
    "lease",
    "checkpoint",
    "frame",
    "engine",
    "asset",
    "credit",
    "account",
    "transfer",
    "hold",
    "capture",
    "release",
    "refund",
    "grant",
    "endpoint",
    "event",
    "delivery",
    "workspace",
    "tier",
    "queue",
    "pool",
)
"""The words that names in the code are made of."""


def test_it_fits_on_a_page() -> None:
    assert len(LINES) <= 40
    assert [line for line in LINES if len(line) > 120] == []


@pytest.mark.parametrize("word", DOMAIN)
def test_a_word_that_the_code_uses_is_explained(word: str) -> None:
    code = (name for path in python_files(*PRODUCT) for name in re.findall(r"[a-z]+", (PROJECT / path).read_text()))
    assert word in code, "the code has another word for it now: change the list above"
    assert word in WORDS


def test_no_word_is_explained_twice_and_each_explanation_is_a_sentence() -> None:
    listed = [line for line in LINES if line.startswith("- ")]
    assert len(listed) == len(WORDS) > len(DOMAIN)
    assert [word for word, text in WORDS.items() if not text.rstrip(")").endswith((".", "..."))] == []


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md", "CONTRIBUTING.md"])
def test_readers_are_led_to_it(document: str) -> None:
    assert re.search(r"\]\((docs/)?glossary\.md\)", (PROJECT / document).read_text())
