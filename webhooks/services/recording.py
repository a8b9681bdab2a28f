"""An event becomes rows: its sequence number, and a delivery for every endpoint that wants it. Twice is once."""

from __future__ import annotations

import json

from django.db import connection, transaction

from atelier.core.crashpoints import crashpoint
from atelier.core.db.database import notify
from atelier.core.ids import new_id
from atelier.messaging.webhook_secrets import open_hook_secret
from webhooks.events import NewEvent
from webhooks.models import Delivery, Endpoint, Event
from webhooks.selectors import list_subscribed
from webhooks.services.vault import default_secret, seal_keys
from webhooks.signing import Keys

CHANNEL = "atelier_webhooks"
"""Some delivery may be due."""

_NEXT = """
INSERT INTO webhooks_counter (workspace_id, last) VALUES (%s, 1)
ON CONFLICT (workspace_id) DO UPDATE SET last = webhooks_counter.last + 1 RETURNING last
"""
_ADD = """
INSERT INTO webhooks_event (id, workspace_id, sequence, type, subject, data, occurred_at, dedupe_key)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
"""


class AlreadyRecorded(Exception):
    """The event is there already; its number must not be spent."""


def record_event(event: NewEvent) -> str | None:
    """Write the event and its deliveries in one transaction; the event's id, None when it was recorded before."""
    if Event.objects.filter(dedupe_key=event.dedupe_key).exists():
        return None
    try:
        with transaction.atomic():
            event_id = add_event(event)
            if event.hook is not None:
                _open_hook(event, event.hook)
            add_deliveries(event_id, list_subscribed(event.workspace_id, event.type, event.subject))
            crashpoint("webhooks.recorded")
    except AlreadyRecorded:
        return None
    return event_id


def add_deliveries(event_id: str, endpoints: list[Endpoint]) -> int:
    """A delivery of the event for each endpoint that has none; due at once. Inside a transaction."""
    rows = [
        Delivery(workspace_id=endpoint.workspace_id, event_id=event_id, endpoint_id=endpoint.id)
        for endpoint in endpoints
    ]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        notify(CHANNEL)
    return len(rows)


def add_event(event: NewEvent) -> str:
    """The row of a new event under the workspace's next number, locked until the commit: no gap, no double.

    Inside a transaction; raises `AlreadyRecorded`, and the transaction must be rolled back then.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [event.workspace_id])
        (sequence,) = cursor.fetchone()
        cursor.execute(
            _ADD,
            [
                new_id("evt"),
                event.workspace_id,
                sequence,
                event.type,
                event.subject,
                json.dumps(event.data),
                event.occurred_at,
                event.dedupe_key,
            ],
        )
        row = cursor.fetchone()
    if row is None:
        raise AlreadyRecorded
    return str(row[0])


def _open_hook(event: NewEvent, hook: dict[str, object]) -> None:
    """The endpoint of a one-generation webhook, made by the first event of its generation."""
    endpoint_id, sealed = new_id("whk"), str(hook.get("secret") or "")
    secret = open_hook_secret(event.subject, sealed) if sealed else default_secret(event.workspace_id)
    Endpoint.objects.bulk_create(
        [
            Endpoint(
                id=endpoint_id,
                workspace_id=event.workspace_id,
                source_id=event.subject,
                url=hook["url"],
                events=hook.get("events") or [],
                keys=seal_keys(endpoint_id, Keys(secret)),
            )
        ],
        ignore_conflicts=True,
    )
