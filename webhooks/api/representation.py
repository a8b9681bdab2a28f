"""How endpoints and deliveries look to clients."""

from __future__ import annotations

from typing import Any

from atelier.core.http.times import rfc3339
from webhooks.models import PENDING, Attempt, Delivery, Endpoint
from webhooks.signing import Keys


def describe_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "events": endpoint.events,
        "headerNames": endpoint.header_names,
        "publicKey": endpoint.public_key or None,
        "status": endpoint.status,
        "disabledReason": endpoint.disabled_reason or None,
        "disabledAt": rfc3339(endpoint.disabled_at),
        "failingSince": rfc3339(endpoint.failing_since),
        "lastSuccessAt": rfc3339(endpoint.last_success_at),
        "previousSecretUntil": rfc3339(endpoint.previous_keys_until),
        "createdAt": rfc3339(endpoint.created_at),
    }


def describe_with_secret(endpoint: Endpoint, keys: Keys) -> dict[str, Any]:
    """The only answers that show a secret: where it is made."""
    return describe_endpoint(endpoint) | {"secret": keys.secret}


def describe_delivery(delivery: Delivery) -> dict[str, Any]:
    tries = sorted(delivery.tries.all(), key=lambda one: one.number)
    return {
        "id": delivery.id,
        "eventId": delivery.event_id,
        "event": delivery.event.type,
        "sequence": delivery.event.sequence,
        "status": delivery.status,
        "createdAt": rfc3339(delivery.created_at),
        "nextAttemptAt": rfc3339(delivery.next_at) if delivery.status == PENDING else None,
        "endedAt": rfc3339(delivery.ended_at),
        "attempts": [_attempt(one) for one in tries],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": rfc3339(attempt.created_at),
        "outcome": attempt.outcome,
        "status": attempt.status or None,
        "durationMs": attempt.duration_ms,
        "detail": attempt.detail,
        "answer": attempt.answer,
    }
