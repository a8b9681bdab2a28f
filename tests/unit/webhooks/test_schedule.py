"""The retries by an injected clock: six sends over six and a half hours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.schedule import RETRIES, SENDS, base_delay, next_delay


def test_five_retries_follow_the_first_try() -> None:
    assert [base_delay(failed) for failed in range(1, 6)] == [5, 40, 320, 2560, 20480]
    assert (SENDS, sum(map(base_delay, range(1, 6)))) == (6, 23405)
    for failed in (0, 6):
        with pytest.raises(ValueError, match="no retry"):
            base_delay(failed)


@given(st.integers(1, RETRIES), st.floats(0, 1))
def test_jitter_stays_within_a_fifth(failed: int, chance: float) -> None:
    base = base_delay(failed)
    assert 0.8 * base <= next_delay(failed, chance=chance) <= 1.2 * base


@given(st.integers(1, RETRIES), st.floats(0, 1), st.floats(0, 1e9))
def test_what_the_receiver_asks_for_counts_within_one_to_two_times_the_base(
    failed: int, chance: float, asked: float
) -> None:
    delay, base = next_delay(failed, chance=chance, retry_after=asked), base_delay(failed)
    assert base <= delay <= 2 * base
    assert delay == asked or not base <= asked <= 2 * base
