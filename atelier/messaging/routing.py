"""What the relay does with a message: it sends the tasks that the table of events names."""

from __future__ import annotations

from functools import partial

from celery import Celery

from atelier.messaging.events import EVENTS, Reaction
from atelier.messaging.outbox.models import OutboxMessage
from atelier.messaging.outbox.relay import Publish
from atelier.messaging.publisher import Publisher
from atelier.messaging.queues import route


def routes(app: Celery) -> dict[str, Publish]:
    """What the relay calls for each event that passes the outbox; for one thread."""
    publisher = Publisher(app)
    return {name: partial(_publish, event.reactions, publisher) for name, event in EVENTS.items() if event.outbox}


def _publish(reactions: tuple[Reaction, ...], publisher: Publisher, message: OutboxMessage) -> None:
    for reaction in reactions:
        queue = reaction.queue if reaction.pool is None else route(reaction.pool, message.queue)
        values = {"message": message.pk} if reaction.by_number else message.payload
        publisher.send(reaction.task, args=(message.subject,), kwargs=values, queue=queue)
