"""Who reacts to what: the one table from event to Celery task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from celery import Celery

from atelier.outbox.models import OutboxMessage
from atelier.outbox.relay import Publish
from atelier.publisher import Publisher
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


def _publish(subscriptions: tuple[Subscription, ...], publisher: Publisher, message: OutboxMessage) -> None:
    for subscription in subscriptions:
        queue = CONTROL if subscription.pool is None else route(subscription.pool, message.lane)
        publisher.send(subscription.task, args=(message.subject,), kwargs=message.payload, queue=queue)


def routes(app: Celery) -> dict[str, Publish]:
    """What the relay calls for each event; for one thread."""
    publisher = Publisher(app)
    return {event: partial(_publish, tasks, publisher) for event, tasks in SUBSCRIPTIONS.items()}
