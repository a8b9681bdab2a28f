"""How long assets and their links are valid. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta


def lifetime(retention_days: int) -> timedelta:
    """How long after its creation an asset can be downloaded. Days are 24 hours. Raises ValueError below one."""
    if retention_days < 1:
        raise ValueError(f"an asset is kept for at least one day, got {retention_days}")
    return timedelta(hours=24 * retention_days)


def link_seconds(now: datetime, expires_at: datetime, wanted: int) -> int:
    """Seconds that a link to an asset is valid: `wanted`, but not longer than the asset; 0 if it has expired."""
    return max(0, min(wanted, int((expires_at - now).total_seconds())))
