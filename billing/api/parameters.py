"""The query parameters of statements. Checked, never guessed; pages are `atelier.core.http.paging`'s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from atelier.core.db.database import database_now
from atelier.core.http.negotiation import CSV
from atelier.core.http.parameters import day_of, one_of
from atelier.core.http.problems import InvalidParameter

DEFAULT_LIMIT, MAX_LIMIT = 50, 500
LONGEST_DAYS = 366
FORMATS = ("json", "csv")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in UTC: from the beginning of the first to the end of the last."""

    since: datetime
    until: datetime


def period_of(query: Mapping[str, str]) -> Period:
    """`from` and `to`, both inclusive days (YYYY-MM-DD); else this month so far. At most 366 days.

    Raises `InvalidParameter`.
    """
    today = database_now().astimezone(UTC).date()
    first, last = day_of(query, "from") or today.replace(day=1), day_of(query, "to") or today
    if last < first:
        raise InvalidParameter("to", "It must not be before `from`.")
    if (last - first).days >= LONGEST_DAYS:
        raise InvalidParameter("to", f"At most {LONGEST_DAYS} days at once.")
    return Period(_midnight(first), _midnight(last + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def wants_csv(query: Mapping[str, str], accepted: str) -> bool:
    """`format`, json or csv; without it the media type of `Accept`. Raises `InvalidParameter`."""
    return (one_of(query, "format", FORMATS) or ("csv" if accepted == CSV else "json")) == "csv"
