"""How long an asset lives. Pure: days in, moments out."""

from __future__ import annotations

from datetime import datetime, timedelta


def expiry(created_at: datetime, retention_days: int) -> datetime:
    """The moment from which an asset is no longer given out. Days are 24 hours; at least one; times are aware."""
    if retention_days < 1:
        raise ValueError(f"an asset is kept for at least one day, got {retention_days}")
    if created_at.tzinfo is None:
        raise ValueError("created_at needs a time zone")
    return created_at + timedelta(days=retention_days)


def link_seconds(now: datetime, expires_at: datetime, wanted: int) -> int:
    """How long a link to an asset may live: never beyond the asset itself. 0 when the asset has expired."""
    return max(0, min(wanted, int((expires_at - now).total_seconds())))
