"""Counts for the admin's pages, across the apps: a fixed number of queries, each served by an index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.utils import timezone

from atelier.accounts.models import get_tiers
from atelier.accounts.tiers import Tier
from atelier.core.admin.durations import short_duration
from atelier.messaging.outbox.models import OutboxMessage
from billing.models import Account
from billing.selectors import trial_balance
from generation.models import Generation, Worker
from generation.pipeline import lifecycle
from generation.selectors import list_live_workers

STALE_OUTBOX = timedelta(seconds=30)
"""If a message waits longer, the relay or the broker is probably down."""


@dataclass(slots=True)
class WorkspaceFigures:
    """A workspace's credits (`available`, `held`) and its generations that have not ended."""

    available: int = 0
    held: int = 0
    queued: int = 0
    processing: int = 0


@dataclass(slots=True)
class TierRow:
    """A tier's queued and processing generations, and the number of today's (since midnight UTC) by status."""

    tier: Tier
    queued: int = 0
    processing: int = 0
    today: dict[str, int] = field(default_factory=dict)
    oldest: datetime | None = None

    @property
    def completed(self) -> int:
        return self.today.get(lifecycle.COMPLETED, 0)

    @property
    def failed(self) -> int:
        return self.today.get(lifecycle.FAILED, 0)

    @property
    def other_ends(self) -> int:
        ended = sum(count for status, count in self.today.items() if status in lifecycle.TERMINAL)
        return ended - self.completed - self.failed

    @property
    def wait(self) -> str:
        return "–" if self.oldest is None else short_duration(timezone.now() - self.oldest)

    @property
    def is_late(self) -> bool:
        """Whether the oldest queued generation waits longer than the tier's `target_wait_seconds`."""
        limit = timedelta(seconds=self.tier.target_wait_seconds)
        return self.oldest is not None and timezone.now() - self.oldest > limit


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The numbers on the admin's index page."""

    tiers: list[TierRow]
    workers: list[Worker]
    backlog: int
    backlog_age: str
    backlog_is_stale: bool
    trial_balance: int

    @property
    def gpu_workers(self) -> int:
        return sum(any(name.startswith("gpu.") for name in worker.queues) for worker in self.workers)


def read_dashboard() -> Dashboard:
    """The current numbers, by five queries."""
    backlog = OutboxMessage.objects.filter(published_at=None).aggregate(count=Count("id"), oldest=Min("created_at"))
    age = timezone.now() - backlog["oldest"] if backlog["oldest"] else timedelta()
    return Dashboard(
        tiers=_list_tiers(),
        workers=list_live_workers(),
        backlog=backlog["count"],
        backlog_age=short_duration(age),
        backlog_is_stale=age > STALE_OUTBOX,
        trial_balance=trial_balance(),
    )


def _list_tiers() -> list[TierRow]:
    rows = {tier.queue: TierRow(tier) for tier in get_tiers().values()}
    live = Generation.objects.filter(status__in=lifecycle.LIVE).values_list("queue", "status")
    for queue, status, count, oldest in live.annotate(count=Count("id"), oldest=Min("created_at")):
        if status == lifecycle.QUEUED:
            rows[queue].queued, rows[queue].oldest = count, oldest
        else:
            rows[queue].processing += count
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Generation.objects.filter(created_at__gte=midnight).values_list("queue", "status")
    for queue, status, count in today.annotate(count=Count("id")):
        rows[queue].today[status] = count
    return sorted(rows.values(), key=lambda row: -row.tier.weight)


def list_figures(workspace_ids: Iterable[str]) -> dict[str, WorkspaceFigures]:
    """The figures of each workspace by its id, by two queries."""
    figures = {workspace_id: WorkspaceFigures() for workspace_id in workspace_ids}
    accounts = Account.objects.filter(workspace_id__in=figures, kind__in=("available", "held"))
    for workspace_id, kind, balance in accounts.values_list("workspace_id", "kind", "balance"):
        setattr(figures[workspace_id], kind, balance)
    live = Generation.objects.filter(workspace_id__in=figures, status__in=lifecycle.LIVE)
    for workspace_id, status, count in live.values_list("workspace_id", "status").annotate(count=Count("id")):
        own = figures[workspace_id]
        if status == lifecycle.QUEUED:
            own.queued = count
        else:
            own.processing += count
    return figures
