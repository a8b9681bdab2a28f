"""The relay: publishes the messages of the outbox with publisher confirms, then marks them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

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
    confirmation and the commit publishes again (at least once). If the broker does not confirm a message,
    the batch ends there, and the result is -1 when none was published. Messages of an event that `routes` does not
    have stay in the outbox, for the relay of a newer release.
    """
    with transaction.atomic():
        values = {"known": list(routes), "most": BATCH}
        messages = [from_row(OutboxMessage, row) for row in _TAKE.run(values)]
        _report_unknown([message for message in messages if message.event not in routes])
        sent: list[int] = []
        try:
            for message in messages:
                if message.event not in routes:
                    break  # these come last
                routes[message.event](message)
                sent.append(message.pk)
        except Exception as error:
            log.warning("relay: the broker did not confirm %s: %s", message.event, error)
            _FAIL.run({"id": message.pk})
            return -1 if not _mark(sent) else len(sent)
        crashpoint("relay.published")
        return _mark(sent)


# Unknown events come last: they block no other message, and are read and logged only when no other is left.
_TAKE = Statement(
    f"SELECT {', '.join(columns_of(OutboxMessage))} FROM outbox_outboxmessage"  # noqa: S608  (our own columns)
    " WHERE published_at IS NULL ORDER BY event <> ALL(%(known)s::text[]), failures, id LIMIT %(most)s"
    " FOR UPDATE SKIP LOCKED"
)
_MARK = Statement("UPDATE outbox_outboxmessage SET published_at = now() WHERE id = ANY(%(ids)s::bigint[])")
_FAIL = Statement("UPDATE outbox_outboxmessage SET failures = failures + 1 WHERE id = %(id)s")


def _report_unknown(messages: Sequence[OutboxMessage]) -> None:
    if messages:
        events = ", ".join(sorted({message.event for message in messages}))
        log.error("relay: %d messages wait for a release that knows their events: %s", len(messages), events)


def _mark(ids: list[int]) -> int:
    """Mark them as published, which ends the transaction; returns how many."""
    if ids:
        with together(last=True):
            _MARK.run({"ids": ids})
    return len(ids)
