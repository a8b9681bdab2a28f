"""Cursors, preferences, keys: what is read outside the body."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.api.parameters import (
    InvalidParameter,
    Place,
    checked_id,
    idempotency_key,
    last_event_id,
    list_query,
    wait_seconds,
)
from generation.selectors import GenerationNotFound

ZONES = st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=ZONES)


@given(MOMENTS)
def test_a_cursor_is_read_as_it_was_written(moment: datetime) -> None:
    place = Place(moment, "gen_" + "a" * 20)
    assert Place.decode(place.encode()) == place


@given(st.text(max_size=60))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError):
        Place.decode(text)


@given(MOMENTS)
def test_a_time_is_understood_in_every_zone(moment: datetime) -> None:
    assert list_query({"createdAfter": moment.isoformat()}).created_after == moment


def test_small_letters_and_short_fractions_are_times_too() -> None:
    found = list_query({"createdBefore": "2026-01-31t09:30:00.5z"}).created_before
    assert found == datetime(2026, 1, 31, 9, 30, 0, 500_000, UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=10", 10), ("respond-async, wait=10", 10), ("wait=10; foo, respond-async", 10), ('WAIT="7"', 7),
        (" wait = 3 ", 3), ("wait=100", 60), ("wait=61", 60), ("wait=0", 0), ("", 0), ("wait", 0), ("await=5", 0),
        ("wait=99999", 0), ("wait=1e3", 0), ("wait=-1", 0),
    ],
)  # fmt: skip
def test_preferences_are_read_or_ignored(header: str, seconds: int) -> None:
    assert wait_seconds({"Prefer": header}) == seconds


@pytest.mark.parametrize("text", ["a", "x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "two words"])
def test_a_printable_key_is_kept_as_it_is(text: str) -> None:
    assert idempotency_key({"Idempotency-Key": text}) == text


@pytest.mark.parametrize("text", ["", "x" * 256, " a", "a ", "\x7f", "\u00e9", "a\tb"])
def test_any_other_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter):
        idempotency_key({"Idempotency-Key": text})


def test_no_key_is_no_key() -> None:
    assert idempotency_key({}) is None
    assert last_event_id({}) == 0
    assert last_event_id({"Last-Event-ID": "12"}) == 12


@pytest.mark.parametrize("text", ["gen_", "gen_" + "A" * 20, "gen_" + "a" * 21, "img_" + "a" * 20, "\0", ""])
def test_an_id_of_another_form_is_unknown(text: str) -> None:
    with pytest.raises(GenerationNotFound):
        checked_id(text)
