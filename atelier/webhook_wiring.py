"""What webhooks tell: reads the rows of the other apps, which webhooks does not know, and starts its courier."""

from __future__ import annotations

from typing import Any

from celery.signals import worker_ready, worker_shutdown

from atelier.core.http.times import rfc3339
from atelier.messaging.outbox.models import OutboxMessage
from atelier.messaging.queues import WEBHOOKS
from generation.selectors import get_told
from storage.selectors import list_assets
from storage.services import AssetExpired, link_asset
from webhooks.courier import Courier
from webhooks.events import Fact
from webhooks.services.recording import record_event

couriers: list[Courier] = []
"""The courier of this process, once its worker serves the queue of webhooks."""


def tell(message_id: int) -> None:
    """Record what an outbox message says, and its deliveries. A message that is gone, or told, changes nothing."""
    message = OutboxMessage.objects.filter(pk=message_id).first()
    fact = _read(message) if message is not None else None
    if fact is not None and record_event(fact):
        for courier in couriers:
            courier.ring()


def _read(message: OutboxMessage) -> Fact | None:
    if message.event == "credits.low":
        return Fact(
            message.subject, message.event, message.subject, message.created_at, message.dedupe_key,
            {"workspaceId": message.subject} | message.payload,
        )  # fmt: skip
    told = get_told(message.subject, message.event)
    if told is None:
        return None
    return Fact(
        told.workspace_id, message.event, message.subject, message.created_at,
        f"{message.dedupe_key}:{message.event}", told.data, told.webhook,
    )  # fmt: skip


def with_links(workspace_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """The data of a completed generation with its images, whose links begin to live now; other data as it is.

    A link lives for minutes and a retry may come hours later: so they are made for each try.
    """
    if data.get("status") != "completed":
        return data
    assets = list_assets([data["generationId"]])[data["generationId"]]
    return data | {"images": [image for asset in assets if (image := _image(asset))]}


def _image(asset: Any) -> dict[str, Any] | None:
    try:
        link = link_asset(asset)
    except AssetExpired:
        return None
    return {
        "id": asset.id, "url": link.url, "width": asset.width, "height": asset.height, "format": asset.format,
        "sizeBytes": asset.size_bytes, "sha256": asset.sha256, "expiresAt": rfc3339(link.expires_at),
    }  # fmt: skip


def connect() -> None:
    """Attach to Celery's worker signals. Called once, by atelier.worker.signals."""
    worker_ready.connect(_start, dispatch_uid="webhooks.start")
    worker_shutdown.connect(_end, dispatch_uid="webhooks.end")


def _start(sender: Any, **_: Any) -> None:
    if WEBHOOKS in sender.app.amqp.queues.consume_from and not couriers:
        couriers.append(Courier(with_links))
        couriers[-1].start()


def _end(**_: Any) -> None:
    while couriers:
        couriers.pop().stop()
