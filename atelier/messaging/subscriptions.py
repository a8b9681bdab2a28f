"""Who reacts to what: the one table from event to Celery task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from celery import Celery

from atelier.messaging.outbox.models import OutboxMessage
from atelier.messaging.outbox.relay import Publish
from atelier.messaging.publisher import Publisher
from atelier.messaging.queues import CONTROL, WEBHOOKS, route


@dataclass(frozen=True, slots=True)
class Subscription:
    """`task` is sent to `queue`, or to the queue of `pool` and the message's lane.

    It is called with the subject and the payload; `by_number`: with the subject and the number of the message.
    """

    task: str
    pool: str | None = None
    queue: str = CONTROL
    by_number: bool = False


_TELL = Subscription("webhooks.fan_out", queue=WEBHOOKS, by_number=True)
_SWEEP = Subscription("generation.sweep")


SUBSCRIPTIONS: dict[str, tuple[Subscription, ...]] = {
    "generation.dispatched": (Subscription("generation.start", "cpu"),),
    "generation.stalled": (Subscription("generation.wake", "cpu"),),
    "generation.queued": (_TELL,),
    "generation.started": (_TELL,),
    "generation.completed": (_SWEEP, _TELL),
    "generation.failed": (_SWEEP, _TELL),
    "generation.blocked": (_SWEEP, _TELL),
    "generation.cancelled": (_SWEEP, _TELL),
    "generation.expired": (_SWEEP, _TELL),
    "credits.low": (_TELL,),
}


def _publish(subscriptions: tuple[Subscription, ...], publisher: Publisher, message: OutboxMessage) -> None:
    for subscription in subscriptions:
        queue = subscription.queue if subscription.pool is None else route(subscription.pool, message.lane)
        values = {"message": message.pk} if subscription.by_number else message.payload
        publisher.send(subscription.task, args=(message.subject,), kwargs=values, queue=queue)


def routes(app: Celery) -> dict[str, Publish]:
    """What the relay calls for each event; for one thread."""
    publisher = Publisher(app)
    return {event: partial(_publish, tasks, publisher) for event, tasks in SUBSCRIPTIONS.items()}
