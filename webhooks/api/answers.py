"""The bodies of answers about webhook endpoints and deliveries."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, WithJsonSchema

from atelier.core.http.bodies import Answer
from atelier.core.http.times import Time
from atelier.core.http.values import Count, Positive
from webhooks import models
from webhooks.events import EVENTS, TEST
from webhooks.selectors import SHOWN_ATTEMPTS

Event = Annotated[str, WithJsonSchema({"type": "string", "enum": list(EVENTS)})]


class WebhookEndpoint(Answer):
    id: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^whk_[a-z2-7]{20}$"})]
    url: Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})]
    description: str
    events: list[Event]
    header_names: list[str]
    public_key: Annotated[str | None, Field(description="`whpk_...`, for `v1a` signatures.")]
    status: Annotated[str, WithJsonSchema({"type": "string", "enum": [models.ACTIVE, models.DISABLED]})]
    disabled_reason: str | None
    disabled_at: Time | None
    failing_since: Time | None
    last_success_at: Time | None
    previous_secret_until: Annotated[
        Time | None, Field(description="Until then the secret before the rotation signs as well.")
    ]
    created_at: Time

    @classmethod
    def of(cls, endpoint: models.Endpoint, **more: str) -> Self:
        """The endpoint without its secrets; `more` are the members of a subclass."""
        return cls(
            id=endpoint.id,
            url=endpoint.url,
            description=endpoint.description,
            events=endpoint.events,
            header_names=endpoint.header_names,
            public_key=endpoint.public_key or None,
            status=endpoint.status,
            disabled_reason=endpoint.disabled_reason or None,
            disabled_at=endpoint.disabled_at,
            failing_since=endpoint.failing_since,
            last_success_at=endpoint.last_success_at,
            previous_secret_until=endpoint.previous_keys_until,
            created_at=endpoint.created_at,
            **more,
        )


class WebhookEndpointWithSecret(WebhookEndpoint):
    secret: Annotated[str, Field(description="`whsec_...`. Keep it: it is not shown again.")]


class WebhookEndpoints(Answer):
    endpoints: list[WebhookEndpoint]
    next_cursor: str | None


class WebhookSecret(Answer):
    secret: str


class WebhookAttempt(Answer):
    number: Positive
    at: Time
    outcome: Annotated[str, Field(description="`delivered`, or what went wrong, such as `http_error`, `timeout`.")]
    status: Annotated[Positive | None, Field(description="null: there was no answer.")]
    duration_ms: Count
    detail: str
    answer: Annotated[str, Field(description="The beginning of the answer, 2 kB at most.")]

    @classmethod
    def of(cls, attempt: models.Attempt) -> Self:
        return cls(
            number=attempt.number,
            at=attempt.created_at,
            outcome=attempt.outcome,
            status=attempt.status or None,
            duration_ms=attempt.duration_ms,
            detail=attempt.detail,
            answer=attempt.answer,
        )


class WebhookDelivery(Answer):
    id: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^dlv_[a-z2-7]{20}$"})]
    event_id: Annotated[str, Field(description="The `webhook-id`: the same for every attempt.")]
    event: Annotated[str, WithJsonSchema({"type": "string", "enum": [*EVENTS, TEST]})]
    sequence: Positive
    status: Annotated[str, WithJsonSchema({"type": "string", "enum": list(models.STATUSES)})]
    created_at: Time
    next_attempt_at: Time | None
    ended_at: Time | None
    attempt_count: Annotated[Count, Field(description="How often it was sent in all.")]
    attempts: Annotated[
        list[WebhookAttempt],
        Field(max_length=SHOWN_ATTEMPTS, description=f"The last {SHOWN_ATTEMPTS} at most, oldest first."),
    ]

    @classmethod
    def of(cls, delivery: models.Delivery) -> Self:
        """A delivery that was read with its event and its last tries (`webhooks.selectors`)."""
        tries = sorted(delivery.tries.all(), key=lambda one: one.number)
        return cls(
            id=delivery.id,
            event_id=delivery.event_id,
            event=delivery.event.type,
            sequence=delivery.event.sequence,
            status=delivery.status,
            created_at=delivery.created_at,
            next_attempt_at=delivery.next_at if delivery.status == models.PENDING else None,
            ended_at=delivery.ended_at,
            attempt_count=delivery.attempts,
            attempts=[WebhookAttempt.of(one) for one in tries],
        )


class WebhookDeliveries(Answer):
    deliveries: list[WebhookDelivery]
    next_cursor: str | None


class WebhookReplayed(Answer):
    deliveries: Count
