"""The bodies of webhooks as the OpenAPI document describes them: every event, by its name."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from atelier.core.http.bodies import Answer
from atelier.core.http.documentation import json_schema, ref
from atelier.core.http.times import Time
from atelier.core.http.values import NOT_SENT, NotNull, OneOf
from generation.resource import Count, GenerationError, GenerationId, Image, Positive, Uri
from webhooks.events import TEST

OPEN = ("generation.queued", "generation.started")
ENDED = ("generation.failed", "generation.blocked", "generation.cancelled", "generation.expired")
EndpointId = Annotated[str, Field(json_schema_extra={"pattern": "^whk_[a-z2-7]{20}$"})]
OwnObject = Annotated[dict[str, Any], Field(title="OwnMetadata", description="The `metadata` of the request.")]


class _Payload(Answer):
    model_config = ConfigDict(json_schema_serialization_defaults_required=False)


class GenerationOpenData(_Payload):
    generation_id: GenerationId
    status: Annotated[str, OneOf(("queued", "processing"))]
    metadata: OwnObject
    credits_held: Count


class GenerationEndedData(_Payload):
    generation_id: GenerationId
    status: Annotated[str, OneOf(tuple(name.partition(".")[2] for name in ENDED))]
    metadata: OwnObject
    credits_used: Count
    processing_time_ms: Count | None
    error: Annotated[GenerationError | None, NotNull()] = NOT_SENT


class GenerationCompletedData(_Payload):
    generation_id: GenerationId
    status: Annotated[str, OneOf(("completed",))]
    metadata: OwnObject
    credits_used: Count
    processing_time_ms: Count | None
    images: Annotated[list[Image], Field(description="Their links begin to live when the request is sent.")]


class CreditsLowData(_Payload):
    workspace_id: str
    available: int
    threshold: int


class WebhookDisabledData(_Payload):
    endpoint_id: EndpointId
    url: Uri
    reason: str
    generation_id: Annotated[
        GenerationId | None, NotNull(), Field(description="Where the endpoint was that of one generation.")
    ] = NOT_SENT


class WebhookTestData(_Payload):
    endpoint_id: EndpointId
    message: str


class _Event(_Payload):
    id: Annotated[str, Field(json_schema_extra={"pattern": "^evt_"}, description="The same for every attempt.")]
    sequence: Annotated[Positive, Field(description="Counts the events of the workspace without a gap.")]
    timestamp: Annotated[Time, Field(description="When it happened.")]
    signature: Annotated[
        str, Field(description="`sha256=` and the HMAC in hexadecimal of this body without its signatures (RFC 8785).")
    ]
    previous_signature: Annotated[
        str | None, NotNull(), Field(description="By the secret before, for 24 hours after a rotation.")
    ] = NOT_SENT


class GenerationOpenEvent(_Event):
    """A generation was accepted, or a worker began to draw it."""

    event: Annotated[str, OneOf(OPEN)]
    type: Annotated[str, OneOf(OPEN)]
    data: GenerationOpenData


class GenerationCompletedEvent(_Event):
    """The pictures are there."""

    event: Annotated[str, OneOf(("generation.completed",))]
    type: Annotated[str, OneOf(("generation.completed",))]
    data: GenerationCompletedData


class GenerationEndedEvent(_Event):
    """It ended without pictures; nothing was charged."""

    event: Annotated[str, OneOf(ENDED)]
    type: Annotated[str, OneOf(ENDED)]
    data: GenerationEndedData


class CreditsLowEvent(_Event):
    """The balance fell below the threshold."""

    event: Annotated[str, OneOf(("credits.low",))]
    type: Annotated[str, OneOf(("credits.low",))]
    data: CreditsLowData


class WebhookDisabledEvent(_Event):
    """Another endpoint of the workspace was disabled."""

    event: Annotated[str, OneOf(("webhook.disabled",))]
    type: Annotated[str, OneOf(("webhook.disabled",))]
    data: WebhookDisabledData


class WebhookTestEvent(_Event):
    """Sent by `POST /webhook-endpoints/{id}/test` to that endpoint alone, whatever its filter."""

    event: Annotated[str, OneOf((TEST,))]
    type: Annotated[str, OneOf((TEST,))]
    data: WebhookTestData


PAYLOADS: dict[str, type[_Event]] = (
    dict.fromkeys(OPEN, GenerationOpenEvent)
    | {"generation.completed": GenerationCompletedEvent}
    | dict.fromkeys(ENDED, GenerationEndedEvent)
    | {"credits.low": CreditsLowEvent, "webhook.disabled": WebhookDisabledEvent, TEST: WebhookTestEvent}
)
"""The body of each event."""

_HEADERS = {
    "webhook-id": "The id of the event.",
    "webhook-timestamp": "When this attempt was sent, in seconds of Unix time.",
    "webhook-signature": "Standard Webhooks: `v1,` and the HMAC in base64; two after a rotation, apart by a blank.",
}


def payload_components() -> dict[str, Any]:
    """The schema of every payload and of its parts, by the names of their classes."""
    found: dict[str, Any] = {}
    for model in dict.fromkeys(PAYLOADS.values()):
        schema = json_schema(model, request=False)
        found |= schema.pop("$defs", {}) | {model.__name__: schema}
    return found


def describe_webhooks(tag: str, examples: dict[str, Any]) -> dict[str, Any]:
    """The section `webhooks` of the document (OpenAPI 3.1): what a receiver is sent, and may answer."""
    return {name: {"post": _request(name, tag, examples.get(name))} for name in PAYLOADS}


def _request(name: str, tag: str, example: Any) -> dict[str, Any]:
    model = PAYLOADS[name]
    content = {"schema": ref(model.__name__)} | ({"example": example} if example else {})
    return {
        "operationId": "receive" + "".join(word.title() for word in name.split(".")),
        "summary": name,
        "description": " ".join((model.__doc__ or "").split()) + " It may come twice, with the same `id`.",
        "tags": [tag],
        "security": [],
        "parameters": [
            {"name": header, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for header, text in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "2XX": {"description": "Received. Anything else is tried again."},
            "410": {"description": "Gone: the endpoint is disabled."},
        },
    }
