"""Times: every legal one is converted to UTC where it enters, every other text is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier.core.http.bodies import Answer
from atelier.core.http.documentation import json_schema
from atelier.core.http.times import Day, read_day, read_time, rfc3339

ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=ZONES)


@given(MOMENTS)
def test_a_time_in_any_legal_zone_is_the_same_moment_in_utc(moment: datetime) -> None:
    read = read_time(moment.isoformat())
    assert read == moment
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T09:30:00+24:00",
        "2026-01-31T09:30:00+12:60",
        "2026-01-31T09:30:00+1200",
        "2026-01-31T09:30:00",
        "2026-01-31 09:30:00Z",
        "2026-02-30T09:30:00Z",
        "2026-01-31T24:30:00Z",
        "2026-01-31T09:60:00Z",
        "2026-01-31",
        "1899-12-31T23:59:59Z",
        "3000-01-01T00:00:00Z",
        "",
        "now",
        "2026-01-31T09:30:00Z\n",
        "\u0662026-01-31T09:30:00Z",
        "2026-01-31T09:30:00.1234567890Z",
    ],
)
def test_any_other_text_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        read_time(text)


def test_small_letters_short_fractions_and_missing_seconds_are_times_too() -> None:
    assert read_time("2026-01-31t09:30:00.5z") == datetime(2026, 1, 31, 9, 30, 0, 500_000, UTC)
    assert read_time("2026-01-31T09:30+16:00") == datetime(2026, 1, 30, 17, 30, tzinfo=UTC)


def test_a_day_is_a_day_of_the_calendar() -> None:
    assert read_day("2024-02-29") == date(2024, 2, 29)
    for text in ("2026-02-29", "2026-1-1", "20260101", "2026-01-01T00:00:00Z"):
        with pytest.raises(ValueError):
            read_day(text)


def test_times_are_written_in_utc_with_milliseconds() -> None:
    moment = datetime(2026, 1, 31, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    assert rfc3339(moment) == "2026-01-31T07:30:00.000Z"
    assert rfc3339(None) is None


def test_a_day_of_an_answer_is_written_as_it_is_read() -> None:
    class Row(Answer):
        day: Day

    assert Row(day=date(2024, 2, 29)).model_dump() == {"day": "2024-02-29"}
    assert json_schema(Row, request=False)["properties"] == {"day": {"type": "string", "format": "date"}}
