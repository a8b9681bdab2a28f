"""The names of all metrics, in one list. Operators build alerts on them: do not rename one without a changelog line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A gauge. `labels` are in the order of the label values of a sample."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


GENERATIONS = Metric(
    "atelier_generations", "Generations that have not ended, by the queue of their tier.", ("status", "queue")
)
QUEUE_AGE = Metric("atelier_queue_oldest_seconds", "Age of the oldest queued generation.", ("queue",))
OUTBOX = Metric("atelier_outbox_unpublished", "Messages that the relay has not published.")
OUTBOX_AGE = Metric("atelier_outbox_oldest_seconds", "Age of the oldest unpublished message.")
LEDGER = Metric("atelier_ledger_differences", "Kinds of differences a check of the books found last.", ("check",))
LEDGER_AGE = Metric("atelier_ledger_check_age_seconds", "Time since a check of the books last ran.", ("check",))
DELIVERIES = Metric("atelier_webhook_deliveries", "Webhook deliveries that are due or on their way.", ("status",))
DELIVERY_AGE = Metric("atelier_webhook_overdue_seconds", "How long the delivery that waits longest has been due.")
DEAD_LETTERS = Metric("atelier_webhook_dead_letters", "Deliveries given up and not sent again.")
DISABLED = Metric("atelier_webhook_endpoints_disabled", "Endpoints that are switched off.")

METRICS = (
    GENERATIONS,
    QUEUE_AGE,
    OUTBOX,
    OUTBOX_AGE,
    LEDGER,
    LEDGER_AGE,
    DELIVERIES,
    DELIVERY_AGE,
    DEAD_LETTERS,
    DISABLED,
)
