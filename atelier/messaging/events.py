"""Every event in one table: which tasks react, whether clients may subscribe to it, and how its payload is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from atelier.messaging.queues import CONTROL, WEBHOOKS


@dataclass(frozen=True, slots=True)
class Reaction:
    """`task` is sent to `queue`, or to that of `pool` and the message's tier.

    It is called with the subject and the payload; `by_number`: with the subject and the number of the message.
    """

    task: str
    pool: str | None = None
    queue: str = CONTROL
    by_number: bool = False


@dataclass(frozen=True, slots=True)
class EventType:
    """A row of the table.

    `reactions` are what the relay sends. `clients`: an endpoint may subscribe to it. `payload` is the dotted path of
    the function `(OutboxMessage) -> WebhookPayload | None` that reads what clients are sent; a path, because this
    module is below the apps that own the functions. `outbox` is False where the event is recorded without a message.
    """

    reactions: tuple[Reaction, ...] = ()
    clients: bool = False
    payload: str | None = None
    outbox: bool = True


@dataclass(frozen=True, slots=True)
class WebhookPayload:
    """What clients of a workspace are sent about an event: `data` of the body.

    `webhook` is the address that the request for the subject gave (url, events, sealed secret), if it gave one.
    """

    workspace_id: str
    data: dict[str, Any]
    webhook: dict[str, Any] | None = None


FAN_OUT = Reaction("webhooks.fan_out", queue=WEBHOOKS, by_number=True)
_SWEEP = Reaction("generation.sweep")
_GENERATION = "generation.selectors.get_webhook_payload"
_CREDITS = "billing.selectors.get_webhook_payload"

EVENTS: dict[str, EventType] = {
    "generation.dispatched": EventType((Reaction("generation.start", pool="cpu"),)),
    "generation.stalled": EventType((Reaction("generation.wake", pool="cpu"),)),
    "generation.queued": EventType((FAN_OUT,), clients=True, payload=_GENERATION),
    "generation.started": EventType((FAN_OUT,), clients=True, payload=_GENERATION),
    "generation.completed": EventType((_SWEEP, FAN_OUT), clients=True, payload=_GENERATION),
    "generation.failed": EventType((_SWEEP, FAN_OUT), clients=True, payload=_GENERATION),
    "generation.blocked": EventType((_SWEEP, FAN_OUT), clients=True, payload=_GENERATION),
    "generation.cancelled": EventType((_SWEEP, FAN_OUT), clients=True, payload=_GENERATION),
    "generation.expired": EventType((_SWEEP, FAN_OUT), clients=True, payload=_GENERATION),
    "credits.low": EventType((FAN_OUT,), clients=True, payload=_CREDITS),
    "webhook.disabled": EventType(clients=True, outbox=False),  # webhooks record it where they disable the endpoint
}

CLIENT_EVENTS = tuple(name for name, event in EVENTS.items() if event.clients)
"""The names that clients may subscribe to, in the order of the documents."""
GENERATION_EVENTS = tuple(name for name in CLIENT_EVENTS if name.startswith("generation."))
"""Those of one generation."""
