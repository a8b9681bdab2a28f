"""Identifiers: they say what they name, and cannot be guessed."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from atelier.core.ids import new_id

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


@pytest.mark.parametrize("prefix", ["gen", "img", "hld", "trf", "wsp", "key", "evt", "req"])
def test_an_id_names_its_kind_and_fits_its_column(prefix: str) -> None:
    made = new_id(prefix)
    assert re.fullmatch(rf"{prefix}_[a-z2-7]{{20}}", made)
    assert len(made) <= 32


def test_ids_do_not_repeat() -> None:
    assert len({new_id("gen") for _ in range(20_000)}) == 20_000


def test_every_character_is_as_likely_as_every_other() -> None:
    counts = Counter("".join(new_id("x")[2:] for _ in range(5_000)))
    assert set(counts) == set(ALPHABET)
    mean = 100_000 / 32
    assert all(abs(count - mean) < 0.12 * mean for count in counts.values())  # seven standard deviations
