"""Builds webhook payloads from outbox messages, which webhooks do not know, and starts the courier of this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.utils.module_loading import import_string

from atelier.messaging.events import EVENTS, WebhookPayload
from atelier.messaging.outbox.models import OutboxMessage
from atelier.messaging.queues import WEBHOOKS
from generation.services.images import list_images
from webhooks.courier import Courier
from webhooks.events import NewEvent
from webhooks.services.recording import record_event

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
