"""Pages: a cursor says what was written into it, and nothing else is one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.core.http.paging import Place, decode_cursor, encode_cursor, limit_of, number_of, place_of, take_page
from atelier.core.http.problems import InvalidParameter

ZONES = st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=ZONES)
GENERATION = re.compile(r"gen_[a-z2-7]{20}")


@given(MOMENTS)
def test_a_place_is_read_as_it_was_written(moment: datetime) -> None:
    place = Place(moment, "gen_" + "a" * 20)
    assert place_of({"cursor": place.encode()}, GENERATION) == place


@given(st.text(max_size=60))
def test_any_other_text_is_no_cursor(text: str) -> None:
    for read in (lambda: place_of({"cursor": text}, GENERATION), lambda: number_of({"cursor": text})):
        with pytest.raises(InvalidParameter):
            read()


@pytest.mark.parametrize("parts", [("2026-01-01T00:00:00+00:00", "key_" + "a" * 20), ("yesterday", "gen_" + "a" * 20)])
def test_a_hand_made_cursor_is_refused(parts: tuple[str, str]) -> None:
    with pytest.raises(InvalidParameter):
        place_of({"cursor": encode_cursor(*parts)}, GENERATION)


def test_a_hand_made_cursor_beyond_what_postgresql_reads_is_the_same_moment_in_utc() -> None:
    cursor = encode_cursor("2026-01-31T09:30:00+16:00", "gen_" + "a" * 20)
    place = place_of({"cursor": cursor}, GENERATION)
    assert place is not None and place.encode() == encode_cursor("2026-01-30T17:30:00+00:00", "gen_" + "a" * 20)


@given(st.integers(0, 10**18 - 1))
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    assert number_of({"cursor": encode_cursor(str(number))}) == number


def test_no_cursor_is_the_first_page() -> None:
    assert place_of({}, GENERATION) is None
    assert number_of({}) is None


def test_a_cursor_has_as_many_parts_as_were_written() -> None:
    assert decode_cursor(encode_cursor("a", "b"), 2) == ["a", "b"]
    with pytest.raises(ValueError):
        decode_cursor(encode_cursor("a", "b"), 1)


def test_a_page_knows_whether_there_are_more() -> None:
    assert take_page([1, 2, 3], 2, str) == take_page(iter([1, 2, 3]), 2, str)
    assert (take_page([1, 2, 3], 2, str).rows, take_page([1, 2, 3], 2, str).next_cursor) == ([1, 2], "2")
    assert take_page([1, 2], 2, str).next_cursor is None
    assert take_page([], 2, str).rows == []


@pytest.mark.parametrize("text", ["0", "101", "-1", "1.0", "", "\u0661", "1e1", "00001"])
def test_a_limit_is_a_whole_number_within_bounds(text: str) -> None:
    with pytest.raises(InvalidParameter):
        limit_of({"limit": text}, 20, 100)


def test_without_a_limit_the_default_holds() -> None:
    assert limit_of({}, 20, 100) == 20
    assert limit_of({"limit": "100"}, 20, 100) == 100
