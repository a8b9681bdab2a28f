"""The rate card in force, read once in a while. The database's clock decides when the next one begins."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from django.db import connection

from atelier.core.errors import AtelierError

FRESH_SECONDS = 10
"""A card is published at least `NOTICE_SECONDS` ahead, so no process can miss its beginning."""
NOTICE_SECONDS = 60

Steps = tuple[tuple[int, int], ...]


class NoRateCard(AtelierError):
    code = "no_rate_card"
    status = 503
    title = "There are no prices at the moment"


@dataclass(frozen=True, slots=True)
class _Known:
    steps: Steps
    until: int
    """By the monotonic clock of this process, nanoseconds."""


_IN_FORCE = """
SELECT steps::text, least(%s, coalesce((
    SELECT floor(extract(epoch FROM min(effective_from) - clock_timestamp())) FROM billing_ratecard
    WHERE effective_from > clock_timestamp()), %s))::int
FROM billing_ratecard WHERE effective_from <= clock_timestamp() ORDER BY effective_from DESC LIMIT 1
"""
_known: _Known | None = None


def get_steps() -> Steps:
    """(largest size, credits) of the card in force, smallest first. Raises `NoRateCard`."""
    global _known
    known, asked_at = _known, time.monotonic_ns()
    if known is None or asked_at >= known.until:
        known = _known = _read(asked_at)
    return known.steps


def forget_steps() -> None:
    """Read the card anew at the next question."""
    global _known
    _known = None


def _read(asked_at: int) -> _Known:
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, [FRESH_SECONDS, FRESH_SECONDS])
        row = cursor.fetchone()
    if row is None:
        raise NoRateCard("An operator has to publish a rate card.")
    steps = tuple((size, credits) for size, credits in json.loads(row[0]))
    return _Known(steps, asked_at + row[1] * 1_000_000_000)
