"""What the bodies and answers look like, as components of the OpenAPI document."""

from __future__ import annotations

from atelier.core.http.documentation import ref
from atelier.core.http.schemas import COUNT, POSITIVE, TEXT, TIME, URI, Schema, closed, listed, nullable
from webhooks.api import fields
from webhooks.events import EVENTS, TEST
from webhooks.models import STATUSES

_ENDPOINT = {
    "id": {"type": "string", "pattern": "^whk_[a-z2-7]{20}$"},
    "url": URI,
    "description": TEXT,
    "events": listed({"type": "string", "enum": list(EVENTS)}),
    "headerNames": listed(TEXT),
    "publicKey": nullable(TEXT | {"description": "`whpk_...`, for `v1a` signatures."}),
    "status": {"type": "string", "enum": ["active", "disabled"]},
    "disabledReason": nullable(TEXT),
    "disabledAt": nullable(TIME),
    "failingSince": nullable(TIME),
    "lastSuccessAt": nullable(TIME),
    "previousSecretUntil": nullable(TIME | {"description": "Until then the secret before the rotation signs as well."}),
    "createdAt": TIME,
}
_ATTEMPT = closed(
    number=POSITIVE,
    at=TIME,
    outcome=TEXT | {"description": "`delivered`, or what went wrong, such as `http_error`, `timeout`."},
    status=nullable(POSITIVE) | {"description": "null: there was no answer."},
    durationMs=COUNT,
    detail=TEXT,
    answer=TEXT | {"description": "The beginning of the answer, 2 kB at most."},
)

COMPONENTS: dict[str, Schema] = {
    "WebhookEndpointRequest": fields.schema_of(fields.CREATE, ("url",)),
    "WebhookEndpointChanges": fields.schema_of(fields.UPDATE),
    "WebhookReplay": fields.schema_of(fields.REPLAY, ("from", "until")),
    "WebhookEndpoint": closed(**_ENDPOINT),
    "WebhookEndpointWithSecret": closed(
        **_ENDPOINT, secret=TEXT | {"description": "`whsec_...`. Keep it: it is not shown again."}
    ),
    "WebhookEndpoints": closed(endpoints=listed(ref("WebhookEndpoint"))),
    "WebhookSecret": closed(secret=TEXT),
    "WebhookDelivery": closed(
        id={"type": "string", "pattern": "^dlv_[a-z2-7]{20}$"},
        eventId=TEXT | {"description": "The `webhook-id`: the same for every attempt."},
        event={"type": "string", "enum": [*EVENTS, TEST]},
        sequence=POSITIVE,
        status={"type": "string", "enum": list(STATUSES)},
        createdAt=TIME,
        nextAttemptAt=nullable(TIME),
        endedAt=nullable(TIME),
        attempts=listed(_ATTEMPT),
    ),
    "WebhookDeliveries": closed(deliveries=listed(ref("WebhookDelivery")), nextCursor=nullable(TEXT)),
    "WebhookReplayed": closed(deliveries=COUNT),
}
