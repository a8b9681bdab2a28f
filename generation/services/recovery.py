"""What puts things right: lost leases, unclaimed wake-ups, deadlines, and the count of what must be zero."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from atelier.core.db.database import Now
from atelier.messaging.outbox.services import emit
from billing.selectors import list_differences
from billing.services.checks import report_check
from generation.models import Generation
from generation.pipeline import lifecycle
from generation.services.claims import requeue
from generation.services.completion import end_generation

BATCH = 50


def reap() -> int:
    """One round of every repair; the number of generations touched. Safe to run in parallel: rows are locked or
    skipped."""
    return expire_overdue() + _cancel_abandoned() + _requeue_lost() + _wake_unclaimed()


def expire_overdue() -> int:
    """End what passed its deadline: failed with the reason that kept it, expired when there was none."""
    with transaction.atomic():
        generations = _locked(Q(status__in=lifecycle.LIVE, completed_at=None, deadline_at__lt=Now()))
        for generation in generations:
            trouble = generation.error_code  # of the last attempt; cleared by the next stage that is recorded
            status = lifecycle.FAILED if trouble else lifecycle.EXPIRED
            code = generation.error_code if trouble else "deadline_exceeded"
            message = generation.error_message if trouble else "It was not finished by its deadline."
            end_generation(generation, status, actor="scheduler", code=code, message=message)
        return len(generations)


def _cancel_abandoned() -> int:
    """A cancel that no worker is there to obey: its link waits in a queue."""
    waiting = Q(status=lifecycle.RUNNING, cancel_requested_at__isnull=False, lease_expires_at=None)
    with transaction.atomic():
        generations = _locked(waiting)
        for generation in generations:
            end_generation(generation, lifecycle.CANCELLED, actor="scheduler")
        return len(generations)


def _requeue_lost() -> int:
    """A lease that ran out: its worker died or froze. Not just after a database restart, when nobody could beat."""
    lost = Q(status=lifecycle.RUNNING, lease_expires_at__lt=Now())
    if _database_started_within(settings.ATELIER_LEASE_SECONDS):
        return 0
    with transaction.atomic():
        generations = _locked(lost)
        for generation in generations:
            requeue(
                generation,
                code="worker_lost",
                counts=True,
                message=f"The worker stopped during {generation.stage} ({generation.attempt} attempts).",
            )
        return len(generations)


def _wake_unclaimed() -> int:
    """A message that nobody took in time may be lost: send it again, under the same fence, as no new attempt."""
    limit = Now() - timedelta(seconds=settings.ATELIER_WAKE_SECONDS)
    unclaimed = Q(status=lifecycle.DISPATCHED, dispatched_at__lt=limit)
    waiting = Q(status=lifecycle.RUNNING, lease_expires_at=None, waiting_since__lt=limit)
    with transaction.atomic():
        generations = _locked(unclaimed | waiting)
        for generation in generations:
            _wake(generation)
        return len(generations)


def _wake(generation: Generation) -> None:
    running = generation.status == lifecycle.RUNNING
    clock = {"waiting_since": Now()} if running else {"dispatched_at": Now()}
    Generation.objects.filter(id=generation.id).update(wakes=F("wakes") + 1, **clock)
    emit(
        "generation.stalled" if running else "generation.dispatched",
        subject=generation.id,
        queue=generation.dispatch_queue,
        payload={"fence": generation.fence},
        dedupe_key=f"{generation.id}:wake:{generation.wakes + 1}",
    )


def _locked(condition: Q) -> list[Generation]:
    """The oldest ones, locked; by workspace, because an end locks its accounts: two reapers go through the workspaces
    in the same order and never wait for each other in a circle."""
    rows: QuerySet[Generation] = Generation.objects.select_for_update(skip_locked=True).filter(condition)
    return sorted(rows.order_by("created_at")[:BATCH], key=lambda generation: generation.workspace_id)


def _database_started_within(seconds: float) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - pg_postmaster_start_time() < %s * interval '1 second'", [seconds])
        return cursor.fetchone()[0]


_INVARIANTS = {
    "terminal_with_open_hold": """
        SELECT count(*) FROM generation_generation g JOIN billing_hold h ON h.reference = g.id
        LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id WHERE g.completed_at IS NOT NULL AND o.hold_id IS NULL""",
    "hold_without_live_generation": """
        SELECT count(*) FROM billing_hold h LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id
        LEFT JOIN generation_generation g ON g.id = h.reference
        WHERE o.hold_id IS NULL AND (g.id IS NULL OR g.completed_at IS NOT NULL)""",
    "live_without_hold": """
        SELECT count(*) FROM generation_generation g LEFT JOIN billing_hold h ON h.reference = g.id
        LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id
        WHERE g.completed_at IS NULL AND (h.id IS NULL OR o.hold_id IS NOT NULL)""",
    "capture_without_asset": """
        SELECT count(*) FROM billing_holdoutcome o JOIN billing_hold h ON h.id = o.hold_id
        WHERE o.captured > 0 AND o.created_at > clock_timestamp() - interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM storage_asset a WHERE a.source_id = h.reference)""",  # kept for a day at least
    "asset_without_capture": """
        SELECT count(*) FROM storage_asset a JOIN billing_hold h ON h.reference = a.source_id
        LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id WHERE coalesce(o.captured, 0) = 0""",
    "slot_without_runner": """
        SELECT count(*) FROM generation_slot s JOIN generation_generation g ON g.id = s.generation_id
        WHERE g.status NOT IN ('dispatched', 'running')""",
    "runner_without_slot": """
        SELECT count(*) FROM generation_generation g LEFT JOIN generation_slot s ON s.generation_id = g.id
        WHERE g.status IN ('dispatched', 'running') AND s.generation_id IS NULL""",
    "terminal_without_event": """
        SELECT count(*) FROM generation_generation g WHERE g.completed_at IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM generation_generationevent e WHERE e.generation_id = g.id AND e.type = 'terminal')""",
    "outbox_older_than_30s": """
        SELECT count(*) FROM outbox_outboxmessage
        WHERE published_at IS NULL AND created_at < clock_timestamp() - interval '30 seconds'""",
}


def reconcile() -> dict[str, int]:
    """Count everything that must be zero; the names of what is not, with how often. Read in one snapshot.

    While money is among it nothing new is accepted (`ledger_mismatch`).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        counts = list_differences()
        money = list(counts)
        for name, statement in _INVARIANTS.items():
            cursor.execute(statement)
            counts[name] = cursor.fetchone()[0]
    wrong = {name: count for name, count in counts.items() if count}
    report_check("reconcile", {name: count for name, count in wrong.items() if name in money})
    return wrong
