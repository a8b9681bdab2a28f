"""What a request says outside its body: ids, query parameters, headers. Checked, never guessed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from atelier.core.http.problems import InvalidParameter
from generation.pipeline.lifecycle import PUBLIC_STATUSES
from generation.selectors import GenerationNotFound

KINDS = ("image",)
DEFAULT_LIMIT, MAX_LIMIT = 20, 100
MAX_WAIT_SECONDS = 60

_GENERATION_ID = re.compile(r"gen_[a-z2-7]{20}")
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
_TIME = re.compile(
    r"(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?([0-9]{1,4})"?\s*(?:$|[,;])', re.IGNORECASE)


def checked_id(generation_id: str) -> str:
    """The id, or `GenerationNotFound`: what has another form exists nowhere, and is answered the same."""
    if not _GENERATION_ID.fullmatch(generation_id):
        raise GenerationNotFound
    return generation_id


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    """The Idempotency-Key: 1..255 printable ASCII characters, no blank at either end. Raises `InvalidParameter`."""
    text = headers.get("Idempotency-Key")
    if text is not None and not _KEY.fullmatch(text):
        raise InvalidParameter("Idempotency-Key", "It must have 1 to 255 printable ASCII characters.")
    return text


def wait_seconds(headers: Mapping[str, str]) -> int:
    """N of `Prefer: wait=N`, at most 60; 0 without one. A preference that is not understood is ignored (RFC 7240)."""
    found = _WAIT.search(headers.get("Prefer", ""))
    return min(MAX_WAIT_SECONDS, int(found[1])) if found else 0


def last_event_id(headers: Mapping[str, str]) -> int:
    """Last-Event-ID as a number, 0 without one. Raises `InvalidParameter`."""
    text = headers.get("Last-Event-ID", "").strip()
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise InvalidParameter("Last-Event-ID", "It must be the id of an event.")
    return int(text)


def dry_run(query: Mapping[str, str]) -> bool:
    """`?dryRun=true`. Raises `InvalidParameter` for anything but true and false."""
    return _one_of(query, "dryRun", ("true", "false")) == "true"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list ordered by time and id: the last entry of a page."""

    created_at: datetime
    id: str

    def encode(self) -> str:
        """The opaque cursor."""
        return base64.urlsafe_b64encode(f"{self.created_at.isoformat()} {self.id}".encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Place:
        """The place behind a cursor. Raises ValueError for anything else."""
        try:
            decoded = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode()
        except binascii.Error as error:
            raise ValueError(str(error)) from error
        moment, _, generation_id = decoded.partition(" ")
        if not _GENERATION_ID.fullmatch(generation_id):
            raise ValueError("no id")
        return cls(_moment(moment), generation_id)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The parameters of GET /projects; `status` is a public one."""

    limit: int
    status: str | None
    created_after: datetime | None
    created_before: datetime | None
    cursor: Place | None


def list_query(query: Mapping[str, str]) -> ListQuery:
    """The parameters, checked. Raises `InvalidParameter`."""
    _one_of(query, "kind", KINDS)
    return ListQuery(
        _limit(query), _one_of(query, "status", PUBLIC_STATUSES),
        _time(query, "createdAfter"), _time(query, "createdBefore"), _cursor(query),
    )  # fmt: skip


def _one_of(query: Mapping[str, str], name: str, words: tuple[str, ...]) -> str | None:
    value = query.get(name)
    if value is not None and value not in words:
        raise InvalidParameter(name, f"It must be one of: {', '.join(words)}.")
    return value


def _limit(query: Mapping[str, str]) -> int:
    text = query.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise InvalidParameter("limit", f"It must be a whole number within 1..{MAX_LIMIT}.")
    return int(text)


def _time(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        return _moment(text.replace(" ", "+"))  # a plus sign that was not escaped arrives as a blank
    except ValueError:
        raise InvalidParameter(name, "It must be a time with its zone, such as 2026-01-31T09:30:00Z.") from None


def _cursor(query: Mapping[str, str]) -> Place | None:
    text = query.get("cursor")
    try:
        return None if text is None else Place.decode(text)
    except ValueError:
        raise InvalidParameter("cursor", "It must be the nextCursor of a page.") from None


def _moment(text: str) -> datetime:
    """RFC 3339 with a zone, years 1900..2999: within what every part of the system can hold."""
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper())
