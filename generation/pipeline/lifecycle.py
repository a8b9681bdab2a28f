"""The states of a generation and what the client sees of them."""

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
"""The last stage of every plan. Not a pure one: it hands the files to storage and settles."""

LIVE = (QUEUED, *IN_FLIGHT)
TERMINAL = (COMPLETED, FAILED, BLOCKED, CANCELLED, EXPIRED)
STATUSES = (*LIVE, *TERMINAL)
PUBLIC_STATUSES = (QUEUED, "processing", *TERMINAL)
RETRYABLE = (FAILED, CANCELLED, EXPIRED)


def public_status(status: str) -> str:
    """`dispatched` and `running` are one thing to a client: processing."""
    return "processing" if status in IN_FLIGHT else status
