"""The outbox: events that were committed and that the relay has to publish."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class OutboxMessage(models.Model):
    """One event. `dedupe_key` makes emitting it idempotent."""

    event = models.CharField(max_length=60)
    subject = models.CharField(max_length=32)
    queue = models.CharField(max_length=20)
    payload = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(published_at=None), name="outbox_unpublished"),
        ]
