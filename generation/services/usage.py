"""A workspace's generations of today and credits of this month, by the database's clock in UTC."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from atelier.core.db.database import database_now
from generation.models import Generation
from generation.pipeline.lifecycle import PUBLIC_STATUSES, public_status


@dataclass(frozen=True, slots=True)
class Usage:
    """Generations accepted today by public status (every status is there), credits captured this month."""

    today: dict[str, int]
    credits_this_month: int


def get_usage(workspace_id: str) -> Usage:
    """The workspace's usage now."""
    midnight = database_now().replace(hour=0, minute=0, second=0, microsecond=0)
    return Usage(_count_since(workspace_id, midnight), _credits_since(workspace_id, midnight.replace(day=1)))


def _count_since(workspace_id: str, moment: datetime) -> dict[str, int]:
    since = Generation.objects.filter(workspace_id=workspace_id, created_at__gte=moment)
    counts = Counter(dict.fromkeys(PUBLIC_STATUSES, 0))
    for status, total in since.order_by().values_list("status").annotate(total=Count("id")):
        counts[public_status(status)] += total
    return dict(counts)


def _credits_since(workspace_id: str, moment: datetime) -> int:
    ended = Generation.objects.filter(workspace_id=workspace_id, completed_at__gte=moment)
    return ended.aggregate(total=Sum("credits_used"))["total"] or 0
