"""The events that clients can ask for, and the document that describes one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rfc8785

from atelier.core.http.numbers import portable
from atelier.messaging.events import CLIENT_EVENTS

EVENTS = CLIENT_EVENTS
"""The names that an endpoint may ask for."""
TEST = "webhook.test"
"""Sent by POST .../test only, to that endpoint, whatever its filter."""
MAX_BODY = 20_000
"""Bytes of a body (Standard Webhooks 1.0.0 asks for less than 20 kB)."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What is recorded of an event in a workspace. `dedupe_key` makes it one event however often it is recorded.

    `occurred_at` is RFC 3339 text of the moment; `hook` the one-generation webhook of the subject, if it has one.
    """

    workspace_id: str
    type: str
    subject: str
    occurred_at: Any
    dedupe_key: str
    data: dict[str, Any]
    hook: dict[str, Any] | None = None


def wants(events: list[str], event: str) -> bool:
    """Whether a filter lets an event through; an empty filter asks for all."""
    return not events or event in events


def document(*, event_id: str, event: str, sequence: int, timestamp: str, data: dict[str, Any]) -> dict[str, Any]:
    """The body without its signatures: the fields of the document and those of Standard Webhooks."""
    return {
        "id": event_id,
        "event": event,
        "type": event,
        "sequence": sequence,
        "timestamp": timestamp,
        "data": portable(data),
    }


def encode(document: dict[str, Any]) -> bytes:
    """The one canonical form (RFC 8785): sorted names, no blanks, UTF-8."""
    return rfc8785.dumps(document)
