"""Celery tasks that need more than one app."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from celery.exceptions import Reject

from atelier.core.db.tenancy import across
from atelier.webhook_wiring import UnknownEvent, record_message

log = logging.getLogger(__name__)


@shared_task(name="webhooks.fan_out")
def fan_out(subject: str, message: int, **_: Any) -> None:
    """Record the event of an outbox message and a delivery for each endpoint that wants it.

    An event that this release does not know goes back to the queue, for a worker of a newer one; after the queue's
    delivery limit the broker keeps it in the dead-letter queue.
    """
    with across("worker"):
        try:
            record_message(message)
        except UnknownEvent as error:
            log.error("webhooks: message %s about %s is not recorded: %s", message, subject, error)
            raise Reject(error, requeue=True) from error
