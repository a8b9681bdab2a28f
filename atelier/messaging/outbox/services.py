"""Emitting events within the transaction of the change, and deleting old messages."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction

from atelier.core.db.statements import Statement

CHANNEL = "atelier_outbox"
KEPT_DAYS = 7
"""How long a published message, and with it its dedupe key, is kept."""
DELETED_AT_ONCE = 10_000

_EMIT = Statement("""
WITH added AS (
    INSERT INTO outbox_outboxmessage (event, subject, queue, payload, dedupe_key, failures)
    VALUES (%(event)s, %(subject)s, %(queue)s, %(payload)s, %(dedupe_key)s, 0)
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING id
)
SELECT pg_notify(%(channel)s, '') FROM added
""")


def emit(event: str, *, subject: str, queue: str, dedupe_key: str, payload: dict[str, Any] | None = None) -> None:
    """Record `event` about `subject` (an id); the relay publishes it on `queue` after the commit, at least once.

    Raises TransactionManagementError outside a transaction: the event must be committed with its change.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("emit() belongs inside the transaction of the fact.")
    _EMIT.run(
        {
            "event": event,
            "subject": subject,
            "queue": queue,
            "payload": json.dumps(payload or {}),
            "dedupe_key": dedupe_key,
            "channel": CHANNEL,
        }
    )


_DELETE = """
WITH oldest AS (SELECT id, published_at FROM outbox_outboxmessage ORDER BY id LIMIT %s)
DELETE FROM outbox_outboxmessage m USING oldest
WHERE m.id = oldest.id AND oldest.published_at < now() - %s * interval '1 day'
"""


def delete_published() -> int:
    """Delete the oldest messages if they were published over a week ago; returns how many. Others stay."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [DELETED_AT_ONCE, KEPT_DAYS])
        return cursor.rowcount
