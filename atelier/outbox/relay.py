"""The relay: publishes what the outbox holds, with the broker's confirmation, then marks it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from atelier.core.crashpoints import crashpoint
from atelier.outbox.models import OutboxMessage

log = logging.getLogger(__name__)
BATCH = 50

Publish = Callable[[OutboxMessage], None]
"""Sends one message and returns after the broker confirmed it; raises when it did not."""


def relay_batch(routes: Mapping[str, Publish]) -> int:
    """Publish up to 50 messages, oldest first, and mark them; the number published.

    Any number of relays may run: each locks its rows and skips those of the others. A crash between the
    confirmation and the commit publishes again (at least once). A broker that does not answer raises; the rows
    stay.
    """
    with transaction.atomic():
        waiting = OutboxMessage.objects.select_for_update(skip_locked=True).filter(published_at=None)
        messages = list(waiting.order_by("failures", "id")[:BATCH])
        sent: list[int] = []
        try:
            for message in messages:
                publish = routes.get(message.event)
                if publish is not None:
                    publish(message)
                sent.append(message.pk)
        except Exception as error:
            log.warning("relay: the broker did not take %s: %s", message.event, error)
            OutboxMessage.objects.filter(pk=message.pk).update(failures=F("failures") + 1)
            return -1 if not _mark(sent) else len(sent)
        crashpoint("relay.published")
        return _mark(sent)


def _mark(ids: list[int]) -> int:
    if ids:
        OutboxMessage.objects.filter(pk__in=ids).update(published_at=Now())
    return len(ids)
