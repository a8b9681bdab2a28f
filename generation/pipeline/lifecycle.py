"""The statuses of a generation, and how clients see them."""

from __future__ import annotations

QUEUED = "queued"
DISPATCHED = "dispatched"
RUNNING = "running"
COMPLETED = "completed"
FAILED = "failed"
BLOCKED = "blocked"
CANCELLED = "cancelled"
EXPIRED = "expired"

IN_FLIGHT = (DISPATCHED, RUNNING)
UPLOAD = "upload"
"""The last stage of every generation. Not a pure one: it records the files and settles the hold."""

LIVE = (QUEUED, *IN_FLIGHT)
TERMINAL = (COMPLETED, FAILED, BLOCKED, CANCELLED, EXPIRED)
STATUSES = (*LIVE, *TERMINAL)
PUBLIC_STATUSES = (QUEUED, "processing", *TERMINAL)
RETRYABLE = (FAILED, CANCELLED, EXPIRED)


def public_status(status: str) -> str:
    """The status for clients: `dispatched` and `running` are both `processing`."""
    return "processing" if status in IN_FLIGHT else status
