"""The dead-letter table: deliveries that were given up, told to operators, replayed by hand."""

from __future__ import annotations

from atelier.core.db.database import Now
from webhooks.models import DeadLetter, Delivery


def park(delivery: Delivery, reason: str) -> None:
    """Put a delivery that was given up where operators see it. Inside the transaction that gave it up."""
    DeadLetter.objects.update_or_create(
        delivery_id=delivery.id,
        defaults={
            "workspace_id": delivery.workspace_id,
            "reason": reason,
            "parked_at": Now(),
            "alerted_at": None,
            "replayed_at": None,
        },
    )
