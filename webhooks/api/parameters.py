"""What a request says outside its body: ids, the filter and the place of a list."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from atelier.core.http.problems import InvalidParameter
from webhooks.models import STATUSES, Delivery
from webhooks.selectors import DeliveryNotFound, EndpointNotFound

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
_ENDPOINT, _DELIVERY = re.compile(r"whk_[a-z2-7]{20}"), re.compile(r"dlv_[a-z2-7]{20}")


def checked_endpoint(text: str) -> str:
    """The id, or `EndpointNotFound`: what has another form exists nowhere."""
    if not _ENDPOINT.fullmatch(text):
        raise EndpointNotFound
    return text


def checked_delivery(text: str) -> str:
    """The id, or `DeliveryNotFound`."""
    if not _DELIVERY.fullmatch(text):
        raise DeliveryNotFound
    return text


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """The parameters of GET .../deliveries; `after` is (created at, id) of the last one shown."""

    limit: int
    status: str | None
    after: tuple[datetime, str] | None


def delivery_query(query: Mapping[str, str]) -> DeliveryQuery:
    """The parameters, checked. Raises `InvalidParameter`."""
    status = query.get("status")
    if status is not None and status not in STATUSES:
        raise InvalidParameter("status", f"It must be one of: {', '.join(STATUSES)}.")
    limit = query.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch(r"[0-9]{1,4}", limit) or not 1 <= int(limit) <= MAX_LIMIT:
        raise InvalidParameter("limit", f"It must be a whole number within 1..{MAX_LIMIT}.")
    cursor = query.get("cursor")
    return DeliveryQuery(int(limit), status, None if cursor is None else _place(cursor))


def cursor_of(delivery: Delivery) -> str:
    """The opaque place behind a delivery."""
    return base64.urlsafe_b64encode(f"{delivery.created_at.isoformat()} {delivery.id}".encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, str]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
        at, _, row = text.partition(" ")
        moment = datetime.fromisoformat(at)
        if not _DELIVERY.fullmatch(row) or moment.tzinfo is None or not 1900 < moment.year < 3000:
            raise ValueError(cursor)
    except (binascii.Error, ValueError):
        raise InvalidParameter("cursor", "It must be the nextCursor of a page.") from None
    return moment, row
