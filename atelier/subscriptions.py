"""Who reacts to what: the one table from event to Celery task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.conf import settings

from atelier.celery import app
from atelier.outbox.models import OutboxMessage
from atelier.outbox.relay import Publish
from atelier.queues import CONTROL, route


@dataclass(frozen=True, slots=True)
class Subscription:
    """`task` is sent to the queue of `pool` and the message's lane, or to the control queue when pool is None."""

    task: str
    pool: str | None = None


SUBSCRIPTIONS: dict[str, tuple[Subscription, ...]] = {
    "generation.dispatched": (Subscription("generation.start", "cpu"),),
    "generation.stalled": (Subscription("generation.wake", "cpu"),),
    "generation.completed": (Subscription("generation.sweep"),),
    "generation.failed": (Subscription("generation.sweep"),),
    "generation.blocked": (Subscription("generation.sweep"),),
    "generation.cancelled": (Subscription("generation.sweep"),),
    "generation.expired": (Subscription("generation.sweep"),),
}


def _publish(subscriptions: tuple[Subscription, ...], message: OutboxMessage) -> None:
    for subscription in subscriptions:
        queue = CONTROL if subscription.pool is None else route(subscription.pool, message.lane)
        app.send_task(
            subscription.task,
            args=(message.subject,),
            kwargs=message.payload,
            queue=queue,
            retry=False,
            confirm_timeout=settings.ATELIER_PUBLISH_TIMEOUT_SECONDS,
        )


ROUTES: dict[str, Publish] = {event: partial(_publish, tasks) for event, tasks in SUBSCRIPTIONS.items()}
"""What the relay calls for each event."""
