"""How long an asset lives. Pure: days in, moments out."""

from __future__ import annotations

from datetime import datetime, timedelta


def lifetime(retention_days: int) -> timedelta:
    """How long after its creation an asset is given out. Days are 24 hours. Raises ValueError for less than one."""
    if retention_days < 1:
        raise ValueError(f"an asset is kept for at least one day, got {retention_days}")
    return timedelta(hours=24 * retention_days)


def link_seconds(now: datetime, expires_at: datetime, wanted: int) -> int:
    """How long a link to an asset may live: never beyond the asset itself. 0 when the asset has expired."""
    return max(0, min(wanted, int((expires_at - now).total_seconds())))
