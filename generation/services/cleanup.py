"""Deleting old idempotency records and old events of generations' streams."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection

from atelier.core.db.database import Now
from generation.models import IdempotencyRecord

AT_ONCE = 10_000

_OLD_EVENTS = """
DELETE FROM generation_generationevent WHERE id IN (
    SELECT id FROM generation_generationevent
    WHERE type <> 'terminal' AND created_at < now() - %s * interval '1 day' LIMIT %s)
"""


def delete_old_answers() -> int:
    """Delete idempotency records older than ATELIER_IDEMPOTENCY_DAYS; returns how many."""
    limit = Now() - timedelta(days=settings.ATELIER_IDEMPOTENCY_DAYS)
    return IdempotencyRecord.objects.filter(created_at__lt=limit).delete()[0]


def delete_old_events() -> int:
    """Delete up to 10,000 events older than ATELIER_EVENT_DAYS, but no terminal ones; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_OLD_EVENTS, [settings.ATELIER_EVENT_DAYS, AT_ONCE])
        return cursor.rowcount
