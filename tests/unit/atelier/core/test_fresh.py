"""What is known a little late: read once in its time, again when it is old, never wrong after an error."""

from __future__ import annotations

from itertools import count

import pytest

from atelier.core.fresh import Fresh


def test_it_is_read_again_when_it_is_older_than_its_time() -> None:
    now = [0.0]
    known = Fresh(count().__next__, 5.0, lambda: now[0])
    told = []
    for moment in (0.0, 5.0, 5.1, 10.0, 10.2):
        now[0] = moment
        told.append(known.get())
    assert told == [0, 0, 1, 1, 2]


def test_what_was_forgotten_is_read_at_once() -> None:
    known = Fresh(count().__next__, 5.0)
    assert (known.get(), known.get()) == (0, 0)
    known.forget()
    assert known.get() == 1


def test_an_error_is_not_kept() -> None:
    answers = iter([ZeroDivisionError(), 7])

    def read() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    known = Fresh(read, 5.0)
    with pytest.raises(ZeroDivisionError):
        known.get()
    assert known.get() == 7
