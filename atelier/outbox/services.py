"""Saying what happened, inside the transaction in which it happened."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction

CHANNEL = "atelier_outbox"

_EMIT = """
WITH added AS (
    INSERT INTO outbox_outboxmessage (event, subject, lane, payload, dedupe_key, failures)
    VALUES (%s, %s, %s, %s, %s, 0)
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING id
)
SELECT pg_notify(%s, '') FROM added
"""


def emit(event: str, *, subject: str, lane: str, dedupe_key: str, payload: dict[str, Any] | None = None) -> None:
    """Record `event` about `subject` (an id); the relay publishes it on `lane` after the commit, at least once.

    Raises TransactionManagementError outside a transaction: a fact without its change is a rumour.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("emit() belongs inside the transaction of the fact.")
    with connection.cursor() as cursor:
        cursor.execute(_EMIT, [event, subject, lane, json.dumps(payload or {}), dedupe_key, CHANNEL])
