"""What a question about the books may say: a time, a page, a form. Checked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from atelier.core.db.database import database_now
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
    """`from` and `to`, both inclusive days (YYYY-MM-DD); else this month so far. At most 366 days."""
    today = database_now().astimezone(UTC).date()
    first, last = _day(query, "from", today.replace(day=1)), _day(query, "to", today)
    if last < first:
        raise InvalidParameter("to", "It must not be before `from`.")
    if (last - first).days >= LONGEST_DAYS:
        raise InvalidParameter("to", f"At most {LONGEST_DAYS} days at once.")
    return Period(_midnight(first), _midnight(last + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _day(query: Mapping[str, str], name: str, default: date) -> date:
    text = query.get(name)
    if text is None:
        return default
    try:
        if not re.fullmatch(r"(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidParameter(name, "It must be a day, such as 2026-11-23.") from None


def limit_of(query: Mapping[str, str]) -> int:
    """`limit`, 1..500."""
    text = query.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise InvalidParameter("limit", f"It must be a whole number in 1..{MAX_LIMIT}.")
    return int(text)


def cursor_of(query: Mapping[str, str]) -> int | None:
    """`cursor`: the place of the last entry shown."""
    text = query.get("cursor")
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise InvalidParameter("cursor", "It must be `nextCursor` of the page before.")
    return int(text)


def wants_csv(query: Mapping[str, str]) -> bool:
    """`format`: json or csv."""
    text = query.get("format", "json")
    if text not in FORMATS:
        raise InvalidParameter("format", "It must be json or csv.")
    return text == "csv"
