"""What is old enough to be forgotten: answers kept for repeats, and what clients' streams told."""

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


def forget_old_answers() -> int:
    """Drop idempotency records older than they are promised to be kept."""
    limit = Now() - timedelta(days=settings.ATELIER_IDEMPOTENCY_DAYS)
    return IdempotencyRecord.objects.filter(created_at__lt=limit).delete()[0]


def forget_old_events() -> int:
    """Drop up to 10,000 old events of clients' streams; how many. How a generation ended stays."""
    with connection.cursor() as cursor:
        cursor.execute(_OLD_EVENTS, [settings.ATELIER_EVENT_DAYS, AT_ONCE])
        return cursor.rowcount
