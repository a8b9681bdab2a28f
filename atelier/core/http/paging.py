"""Pages of a list: how long they are, and the opaque cursor of the next one."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from atelier.core.http.problems import InvalidParameter
from atelier.core.http.times import read_time

T = TypeVar("T")
M = TypeVar("M", bound=Model)
DEFAULT_LIMIT, MAX_LIMIT = 20, 100
PAGED = frozenset({"limit", "cursor"})
"""The query parameters of a list that can do no more than be paged."""
CURSOR_EXPECTED = "It must be the nextCursor of a page."


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows shown, and the cursor of the next page; None at the end."""

    rows: list[T]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list ordered by time and id: that of a page's last row."""

    created_at: datetime
    id: str

    def encode(self) -> str:
        return encode_cursor(self.created_at.isoformat(), self.id)

    @classmethod
    def of(cls, row: Any) -> Place:
        """The place of a row with `created_at` and `id`."""
        return cls(row.created_at, row.id)

    def next_oldest_first(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Those of `rows` that come behind this place where the oldest is first."""
        younger = Q(created_at__gt=self.created_at) | Q(created_at=self.created_at, id__gt=self.id)
        return rows.filter(younger, created_at__gte=self.created_at)

    def after(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Those of `rows` that come behind this place where the newest is first. The second condition lets an index
        begin there."""
        older = Q(created_at__lt=self.created_at) | Q(created_at=self.created_at, id__lt=self.id)
        return rows.filter(older, created_at__lte=self.created_at)


def encode_cursor(*parts: str) -> str:
    """The cursor that says `parts`, none of which has a blank."""
    return base64.urlsafe_b64encode(" ".join(parts).encode()).decode().rstrip("=")


def decode_cursor(text: str, count: int) -> list[str]:
    """What a cursor says, as `count` parts. Raises ValueError for what `encode_cursor` does not write."""
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode()
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    parts = decoded.split(" ")
    if len(parts) != count:
        raise ValueError(text)
    return parts


def take_page(rows: Iterable[T], limit: int, cursor_of: Callable[[T], str]) -> Page[T]:
    """The first `limit` of `rows`, and whether there are more: one row more is read, and no row is counted."""
    found = list(islice(rows if not isinstance(rows, QuerySet) else rows[: limit + 1], limit + 1))
    shown = found[:limit]
    return Page(shown, cursor_of(shown[-1]) if len(found) > limit else None)


def place_of(query: Mapping[str, str], id_form: re.Pattern[str]) -> Place | None:
    """The parameter `cursor` of a list whose ids have the form `id_form`. Raises `InvalidParameter`."""
    text = query.get("cursor")
    if text is None:
        return None
    try:
        written, row = decode_cursor(text, 2)
        if not id_form.fullmatch(row):
            raise ValueError(row)
        return Place(read_time(written), row)
    except (ValueError, OverflowError):
        raise InvalidParameter("cursor", CURSOR_EXPECTED) from None


def number_of(query: Mapping[str, str]) -> int | None:
    """The parameter `cursor` of a list ordered by a number. Raises `InvalidParameter`."""
    text = query.get("cursor")
    if text is None:
        return None
    try:
        (written,) = decode_cursor(text, 1)
        if not re.fullmatch(r"[0-9]{1,18}", written, re.ASCII):
            raise ValueError(written)
        return int(written)
    except ValueError:
        raise InvalidParameter("cursor", CURSOR_EXPECTED) from None


def limit_of(query: Mapping[str, str], default: int, most: int) -> int:
    """The parameter `limit`, 1..`most`. Raises `InvalidParameter`."""
    text = query.get("limit", str(default))
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) or not 1 <= int(text) <= most:
        raise InvalidParameter("limit", f"It must be a whole number within 1..{most}.")
    return int(text)
