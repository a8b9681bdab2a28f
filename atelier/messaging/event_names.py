"""The names of the events that clients can ask for."""

GENERATION_EVENTS = (
    "generation.queued", "generation.started", "generation.completed", "generation.failed", "generation.blocked",
    "generation.cancelled", "generation.expired",
)  # fmt: skip
EVENTS = (*GENERATION_EVENTS, "credits.low", "webhook.disabled")
