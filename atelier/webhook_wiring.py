"""Builds webhook payloads from outbox messages, which webhooks do not know, and starts the courier of this process."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from atelier.messaging.events import EVENTS, FAN_OUT, WebhookPayload
from atelier.messaging.outbox.models import OutboxMessage
from atelier.messaging.queues import WEBHOOKS
from generation.services.images import list_images
from webhooks.courier import Courier
from webhooks.events import NewEvent
from webhooks.services.recording import record_event

log = logging.getLogger(__name__)
LOST_AT_ONCE = 500
PayloadReader = Callable[[OutboxMessage], WebhookPayload | None]

couriers: list[Courier] = []
"""The courier of this process, once its worker serves the queue of webhooks."""


class UnknownEvent(LookupError):
    """The table of events of this release has no payload for the message."""


def record_message(message_id: int) -> None:
    """Record the event of an outbox message, and its deliveries. A message that is gone, or recorded, changes nothing.

    Raises `UnknownEvent`.
    """
    message = OutboxMessage.objects.filter(pk=message_id).first()
    event = _read(message) if message is not None else None
    if event is not None and record_event(event):
        for courier in couriers:
            courier.wake()


_LOST = """
SELECT id FROM (
    SELECT id, event, dedupe_key, published_at FROM outbox_outboxmessage ORDER BY id DESC LIMIT %(newest)s
) AS message
WHERE event = ANY(%(events)s) AND published_at < clock_timestamp() - %(patience)s::float8 * interval '1 second'
    AND published_at > clock_timestamp() - %(days)s::float8 * interval '1 day'
    AND NOT EXISTS (SELECT FROM webhooks_event WHERE dedupe_key = message.dedupe_key || ':' || message.event)
ORDER BY id LIMIT %(most)s
"""


def record_lost(newest: int | None = None) -> int:
    """Record the events whose messages the broker took and nobody read, the oldest 500; how many there were.

    What was published ATELIER_WAKE_SECONDS ago and is not recorded was lost with the broker, or waits in its queue:
    then it is found recorded later. `newest` limits the look to so many messages of the outbox; None looks at all.
    """
    values = {
        "newest": newest,
        "events": [name for name, event in EVENTS.items() if FAN_OUT in event.reactions],
        "patience": settings.ATELIER_WAKE_SECONDS,
        "days": settings.ATELIER_WEBHOOK_RETENTION_DAYS,  # older ones were recorded, and are forgotten
        "most": LOST_AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOST, values)
        lost = [message_id for (message_id,) in cursor.fetchall()]
    for message_id in lost:
        record_message(message_id)
    if lost:
        log.warning("webhooks: %d published messages were not recorded by a worker in time", len(lost))
    return len(lost)


def _read(message: OutboxMessage) -> NewEvent | None:
    payload = payload_reader(message.event)(message)
    if payload is None:
        return None
    return NewEvent(
        workspace_id=payload.workspace_id,
        type=message.event,
        subject=message.subject,
        occurred_at=message.created_at,
        dedupe_key=f"{message.dedupe_key}:{message.event}",
        data=payload.data,
        hook=payload.webhook,
    )


def payload_reader(name: str) -> PayloadReader:
    """The function that the table names for the payload of an event. Raises `UnknownEvent`."""
    event = EVENTS.get(name)
    if event is None or event.payload is None:
        raise UnknownEvent(f"The event {name!r} has no payload in this release's table of events.")
    reader: PayloadReader = import_string(event.payload)
    return reader


def add_image_links(workspace_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """The data of a completed generation with its images, whose links begin to live now; other data as it is.

    A link lives for minutes and a retry may come hours later: so they are made for each try.
    """
    if data.get("status") != "completed":
        return data
    return data | {"images": list_images(workspace_id, data["generationId"])}


def connect() -> None:
    """Attach to Celery's worker signals. Called once, by atelier.worker.signals."""
    worker_ready.connect(_start, dispatch_uid="webhooks.start")
    worker_shutdown.connect(_end, dispatch_uid="webhooks.end")


def _start(sender: Any, **_: Any) -> None:
    if WEBHOOKS in sender.app.amqp.queues.consume_from and not couriers:
        couriers.append(Courier(add_image_links))
        couriers[-1].start()


def _end(**_: Any) -> None:
    while couriers:
        couriers.pop().stop()
