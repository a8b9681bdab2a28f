"""The tiers: what the document gives each of them (spec/api.md, Limits), and what the operator made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.apps import apps

from atelier.core.fresh import Fresh

DAY_SECONDS = 86_400
FRESH_SECONDS = 5.0
"""How long a process goes by what it has read: so long an operator's change takes to be obeyed everywhere."""


@dataclass(frozen=True, slots=True)
class Tier:
    """What a workspace of this tier may do. Times in seconds, sizes in pixels, None means unlimited."""

    name: str
    lane: str
    weight: int
    running_at_once: int
    jobs_per_hour: int | None
    burst: int
    target_wait_seconds: int
    queue_cap: int
    retention_days: int
    credits_per_month: int | None
    largest_side: int


DEFAULTS = {
    tier.name: tier
    for tier in (
        Tier("starter", "basic", 1, 2, 20, 5, 300, 100, 7, 100, 2048),
        Tier("professional", "standard", 3, 5, 100, 15, 120, 50, 90, 500, 4096),
        Tier("studio", "priority", 6, 20, None, 50, 30, 10, 365, None, 8192),
    )
}
"""`weight` is a tier's share of workers that several tiers use at once. Names and lanes are fixed: queues bear them."""


def get_tiers() -> Mapping[str, Tier]:
    """The tiers by name as they are now; at most one query in FRESH_SECONDS. A tier without a row has its default."""
    return _tiers.get()


def read_again() -> None:
    """Forget what was read: the next look asks the database."""
    _tiers.forget()


def _read() -> Mapping[str, Tier]:
    return DEFAULTS | {row.name: _tier(row) for row in apps.get_model("accounts", "TierTerms").objects.all()}


_tiers = Fresh(_read, FRESH_SECONDS)


def _tier(row: Any) -> Tier:
    """A row's columns beside what is fixed."""
    lane = DEFAULTS[row.name].lane
    return Tier(lane=lane, **{field.name: getattr(row, field.name) for field in fields(Tier) if field.name != "lane"})
