"""What keeps webhooks in order: lost leases, endpoints that are dead, operators who must know, rows that are old."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from atelier.core.db.database import Now
from webhooks import alerts
from webhooks.models import ACTIVE, DeadLetter, Endpoint, Event
from webhooks.schedule import GIVE_UP_HOURS
from webhooks.services.endpoints import disable_endpoint
from webhooks.services.sending import requeue_lost

BATCH = 100


def keep_up() -> int:
    """One round; how many rows it touched. Any number may run at once: rows are locked or skipped."""
    return requeue_lost() + disable_silent() + alert_parked()


def disable_silent() -> int:
    """Switch off what has failed for 120 hours without one success; its owner is told."""
    silent = Q(status=ACTIVE, failing_since__lt=Now() - timedelta(hours=GIVE_UP_HOURS))
    with transaction.atomic():
        rows = list(Endpoint.objects.select_for_update(skip_locked=True).filter(silent)[:BATCH])
        for endpoint in rows:
            disable_endpoint(endpoint.id, f"Nothing could be delivered for {GIVE_UP_HOURS} hours.")
    return len(rows)


def alert_parked() -> int:
    """Tell operators once of every delivery that was given up; how many."""
    with transaction.atomic():
        rows = list(
            DeadLetter.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("delivery__endpoint")
            .filter(alerted_at=None)
            .order_by("parked_at")[:BATCH]
        )
        if rows:
            DeadLetter.objects.filter(pk__in=[row.pk for row in rows]).update(alerted_at=Now())
            alerts.alert_operators(rows)  # if it raises, operators are alerted again
    return len(rows)


def forget_old() -> int:
    """Remove events with their deliveries and attempts, and one-generation endpoints, past the retention."""
    edge = Now() - timedelta(days=settings.ATELIER_WEBHOOK_RETENTION_DAYS)
    old = Event.objects.filter(created_at__lt=edge).order_by("created_at").values_list("id", flat=True)[:1000]
    removed, _ = Event.objects.filter(id__in=list(old)).delete()
    Endpoint.objects.filter(created_at__lt=edge, deliveries=None).exclude(source_id="").delete()
    return removed
