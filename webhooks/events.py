"""The events that clients can subscribe to, and the JSON document of one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rfc8785

from atelier.core.http.numbers import portable
from atelier.messaging.events import CLIENT_EVENTS

EVENTS = CLIENT_EVENTS
"""The event names that an endpoint may subscribe to."""
TEST = "webhook.test"
"""Sent only by POST .../test, to that endpoint, regardless of its filter."""
MAX_BODY = 20_000
"""Largest body in bytes (Standard Webhooks 1.0.0 requires less than 20 kB)."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event of a workspace, to be recorded. `dedupe_key` makes recording it idempotent.

    `occurred_at` is its time as RFC 3339 text; `hook` the one-generation webhook of the subject, if it has one.
    """

    workspace_id: str
    type: str
    subject: str
    occurred_at: Any
    dedupe_key: str
    data: dict[str, Any]
    hook: dict[str, Any] | None = None


def wants(events: list[str], event: str) -> bool:
    """Whether the filter `events` includes the event; an empty filter includes all."""
    return not events or event in events


def document(*, event_id: str, event: str, sequence: int, timestamp: str, data: dict[str, Any]) -> dict[str, Any]:
    """The body without signatures; `event` and `type` are equal, the latter for Standard Webhooks."""
    return {
        "id": event_id,
        "event": event,
        "type": event,
        "sequence": sequence,
        "timestamp": timestamp,
        "data": portable(data),
    }


def encode(document: dict[str, Any]) -> bytes:
    """Canonical JSON (RFC 8785): sorted names, no whitespace, UTF-8."""
    return rfc8785.dumps(document)
