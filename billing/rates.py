"""The rate card in force, cached for up to 10 s. The database's clock decides when the next card begins."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from django.db import connection

from atelier.core.errors import AtelierError

CACHE_SECONDS = 10
"""How long a card is cached. A new card begins at least `NOTICE_SECONDS` ahead, so every process reads it in time."""
NOTICE_SECONDS = 60

Steps = tuple[tuple[int, int], ...]


class NoRateCard(AtelierError):
    code = "no_rate_card"
    status = 503
    title = "There are no prices at the moment"


@dataclass(frozen=True, slots=True)
class _CachedSteps:
    steps: Steps
    until: int
    """By the monotonic clock of this process, nanoseconds."""


_IN_FORCE = """
SELECT steps::text, least(%s, coalesce((
    SELECT floor(extract(epoch FROM min(effective_from) - clock_timestamp())) FROM billing_ratecard
    WHERE effective_from > clock_timestamp()), %s))::int
FROM billing_ratecard WHERE effective_from <= clock_timestamp() ORDER BY effective_from DESC LIMIT 1
"""
_cached: _CachedSteps | None = None


def get_steps() -> Steps:
    """(largest size, credits) of the card in force, smallest first. Raises `NoRateCard`."""
    global _cached
    cached, read_at = _cached, time.monotonic_ns()
    if cached is None or read_at >= cached.until:
        cached = _cached = _read(read_at)
    return cached.steps


def clear_cached_steps() -> None:
    """Drop the cached card: the next `get_steps` reads it."""
    global _cached
    _cached = None


def _read(read_at: int) -> _CachedSteps:
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, [CACHE_SECONDS, CACHE_SECONDS])
        row = cursor.fetchone()
    if row is None:
        raise NoRateCard("An operator has to publish a rate card.")
    steps = tuple((size, credits) for size, credits in json.loads(row[0]))
    return _CachedSteps(steps, read_at + row[1] * 1_000_000_000)
