"""The tiers: what the specification gives each of them (spec/api.md, Limits). Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tier:
    """What a workspace of this tier may do. Times in seconds, sizes in pixels, None means unlimited."""

    name: str
    queue: str
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
"""`weight` is a tier's share of workers that several tiers use at once. Names and queues are fixed: the broker's queues
are called by them."""
