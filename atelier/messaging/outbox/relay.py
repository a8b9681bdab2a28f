"""The relay: publishes what the outbox holds, with the broker's confirmation, then marks it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from django.db import transaction

from atelier.core.crashpoints import crashpoint
from atelier.core.db.database import columns_of, from_row
from atelier.core.db.statements import Statement, together
from atelier.messaging.outbox.models import OutboxMessage

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
        messages = [from_row(OutboxMessage, row) for row in _TAKE.run({"most": BATCH})]
        sent: list[int] = []
        try:
            for message in messages:
                publish = routes.get(message.event)
                if publish is not None:
                    publish(message)
                sent.append(message.pk)
        except Exception as error:
            log.warning("relay: the broker did not take %s: %s", message.event, error)
            _FAIL.run({"id": message.pk})
            return -1 if not _mark(sent) else len(sent)
        crashpoint("relay.published")
        return _mark(sent)


_TAKE = Statement(
    f"SELECT {', '.join(columns_of(OutboxMessage))} FROM outbox_outboxmessage"  # noqa: S608  (our own columns)
    " WHERE published_at IS NULL ORDER BY failures, id LIMIT %(most)s FOR UPDATE SKIP LOCKED"
)
_MARK = Statement("UPDATE outbox_outboxmessage SET published_at = now() WHERE id = ANY(%(ids)s::bigint[])")
_FAIL = Statement("UPDATE outbox_outboxmessage SET failures = failures + 1 WHERE id = %(id)s")


def _mark(ids: list[int]) -> int:
    """Mark them, which ends the transaction; how many."""
    if ids:
        with together(last=True):
            _MARK.run({"ids": ids})
    return len(ids)
