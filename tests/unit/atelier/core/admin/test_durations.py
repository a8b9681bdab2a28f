"""Durations in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atelier.core.admin.durations import short_duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 ms"),
        (0, "0 ms"),
        (0.0004, "0 ms"),
        (0.34, "340 ms"),
        (0.9996, "1.0 s"),
        (4.2, "4.2 s"),
        (9.999, "10.0 s"),
        (10, "10 s"),
        (59.6, "1 min"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (3659.9, "1 h 1 min"),
        (86_400 * 12 + 4 * 3600 + 59, "12 d 4 h"),
        (86_400 + 59, "1 d"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert short_duration(timedelta(seconds=seconds)) == words
