"""What a request says outside its body: ids, query parameters, headers. Checked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from atelier.core.http.paging import Place, limit_of, place_of
from atelier.core.http.parameters import one_of, time_of
from atelier.core.http.problems import InvalidParameter
from generation.kinds import KINDS
from generation.pipeline.lifecycle import PUBLIC_STATUSES
from generation.selectors import GenerationNotFound

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
MAX_WAIT_SECONDS = 60

_GENERATION_ID = re.compile(r"gen_[a-z2-7]{20}")
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
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


def last_event_id(headers: Mapping[str, str], query: Mapping[str, str]) -> int:
    """Last-Event-ID as a number, else `lastEventId` of the query, 0 without either. Raises `InvalidParameter`.

    Polyfills of EventSource put the id into the query: there it needs no preflight.
    """
    for name, text in (("Last-Event-ID", headers.get("Last-Event-ID")), ("lastEventId", query.get("lastEventId"))):
        if text is None or not text.strip():
            continue
        if not re.fullmatch(r"[0-9]{1,18}", text.strip()):
            raise InvalidParameter(name, "It must be the id of an event.")
        return int(text)
    return 0


def dry_run(query: Mapping[str, str]) -> bool:
    """`?dryRun=true`. Raises `InvalidParameter` for anything but true and false."""
    return one_of(query, "dryRun", ("true", "false")) == "true"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The parameters of GET /projects; `status` is a public one, times are in UTC."""

    limit: int
    status: str | None
    kind: str | None
    created_after: datetime | None
    created_before: datetime | None
    cursor: Place | None


def list_query(query: Mapping[str, str]) -> ListQuery:
    """The parameters, checked. Raises `InvalidParameter`."""
    return ListQuery(
        kind=one_of(query, "kind", tuple(KINDS)),
        limit=limit_of(query, DEFAULT_LIMIT, MAX_LIMIT),
        status=one_of(query, "status", PUBLIC_STATUSES),
        created_after=time_of(query, "createdAfter"),
        created_before=time_of(query, "createdBefore"),
        cursor=place_of(query, _GENERATION_ID),
    )
