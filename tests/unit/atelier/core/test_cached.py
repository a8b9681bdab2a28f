"""A cached value: read once in its time, again when it is too old or was cleared, and not cached after an error."""

from __future__ import annotations

from itertools import count

import pytest

from atelier.core.cached import Cached


def test_it_is_read_again_when_it_is_older_than_its_time() -> None:
    now = [0.0]
    known = Cached(count().__next__, 5.0, lambda: now[0])
    values = []
    for moment in (0.0, 5.0, 5.1, 10.0, 10.2):
        now[0] = moment
        values.append(known.get())
    assert values == [0, 0, 1, 1, 2]


def test_a_cleared_value_is_read_at_once() -> None:
    known = Cached(count().__next__, 5.0)
    assert (known.get(), known.get()) == (0, 0)
    known.clear()
    assert known.get() == 1


def test_an_error_is_not_cached() -> None:
    answers = iter([ZeroDivisionError(), 7])

    def read() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    known = Cached(read, 5.0)
    with pytest.raises(ZeroDivisionError):
        known.get()
    assert known.get() == 7
