"""What a request says outside its body: ids, the filter and the place of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from atelier.core.http.paging import DEFAULT_LIMIT, MAX_LIMIT, Place, limit_of, place_of
from atelier.core.http.parameters import one_of
from webhooks.models import STATUSES
from webhooks.selectors import DeliveryNotFound, EndpointNotFound

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
    """The parameters of GET .../deliveries; `place` is that of the last one shown."""

    limit: int
    status: str | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class EndpointQuery:
    """The parameters of GET /webhook-endpoints; `place` is that of the last one shown."""

    limit: int
    place: Place | None


def endpoint_query(query: Mapping[str, str]) -> EndpointQuery:
    """The parameters, checked. Raises `InvalidParameter`."""
    return EndpointQuery(limit_of(query, DEFAULT_LIMIT, MAX_LIMIT), place_of(query, _ENDPOINT))


def delivery_query(query: Mapping[str, str]) -> DeliveryQuery:
    """The parameters, checked. Raises `InvalidParameter`."""
    status = one_of(query, "status", STATUSES)
    return DeliveryQuery(limit_of(query, DEFAULT_LIMIT, MAX_LIMIT), status, place_of(query, _DELIVERY))
