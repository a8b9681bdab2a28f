"""Celery tasks that need more than one app."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from atelier.core.db.tenancy import across
from atelier.webhook_wiring import tell


@shared_task(name="webhooks.fan_out")
def fan_out(subject: str, message: int, **_: Any) -> None:
    """Record the event of an outbox message and a delivery for each endpoint that wants it."""
    with across("worker"):
        tell(message)
