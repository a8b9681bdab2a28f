"""The members that the bodies of all kinds share: metadata, webhook, deadline."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from atelier.core.http.bodies import Body, Part
from atelier.core.http.values import WHOLE, SmallObject
from atelier.core.outbound.addresses import MAX_URL, AddressRefused, parse_target
from atelier.core.outbound.resolving import outbound_policy
from atelier.messaging.events import GENERATION_EVENTS
from atelier.messaging.webhook_secrets import SecretInvalid, decode_secret

METADATA_BYTES = 2048


def _check_url(url: str) -> str:
    try:
        parse_target(url, outbound_policy())
    except AddressRefused as refused:
        raise PydanticCustomError("address", "{message}", {"message": str(refused)}) from None
    return url


def _check_secret(secret: Any) -> str:
    if secret == "":
        return ""
    try:
        decode_secret(secret if isinstance(secret, str) else "")
    except SecretInvalid as invalid:
        raise PydanticCustomError("secret", "{message}", {"message": str(invalid)}) from None
    return str(secret)


def _check_events(events: Any) -> Any:
    if not isinstance(events, list):
        raise PydanticCustomError("event_names", "It must be a list of event names.")
    return events


def _check_event(name: Any) -> str:
    if not isinstance(name, str) or name not in GENERATION_EVENTS:
        listed = ", ".join(GENERATION_EVENTS)
        message = "There is no such event. The events are: {listed}."
        raise PydanticCustomError("event_name", message, {"listed": listed})
    return name


EventName = Annotated[
    str, BeforeValidator(_check_event), Field(json_schema_extra={"enum": list[Any](GENERATION_EVENTS)})
]


class GenerationWebhook(Part):
    """Notified about this generation, beside the workspace's endpoints. Without a secret the workspace's default one
    signs; without events all of them are sent. The secret is not shown again."""

    SHAPE = "It must be an object with url, and no member but url, secret, events."

    url: Annotated[str, AfterValidator(_check_url), Field(json_schema_extra={"minLength": 1, "maxLength": MAX_URL})]
    secret: Annotated[
        str,
        BeforeValidator(_check_secret),
        Field(exclude=True, json_schema_extra={"pattern": "^(whsec_[A-Za-z0-9+/]+={0,2})?$"}),
    ] = ""
    events: Annotated[
        list[EventName],
        BeforeValidator(_check_events),
        Field(json_schema_extra={"maxItems": len(GENERATION_EVENTS)}),
    ] = []


class SubmissionBody(Body):
    """The members that every kind takes."""

    metadata: Annotated[
        dict[str, Any],
        SmallObject(METADATA_BYTES),
        Field(
            description=f"Your own object, at most {METADATA_BYTES:,} bytes as JSON; returned as is, never interpreted."
        ),
    ] = {}
    webhook: GenerationWebhook | None = None
    deadline_seconds: Annotated[
        int,
        Field(ge=10, le=600, description="Not finished by then: expired, and nothing is charged."),
        WHOLE,
    ] = 600

    def to_request(self) -> dict[str, Any]:
        """The JSON for the row and the resource: all members by their wire names, without the webhook's secret."""
        return self.model_dump(by_alias=True)

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """All members by their wire names with their defaults; None for a required one."""
        return dict(_defaults(cls))


@lru_cache(maxsize=32)
def _defaults(body: type[SubmissionBody]) -> dict[str, Any]:
    found = {}
    for field in body.model_fields.values():
        default = None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
        found[str(field.alias)] = default.model_dump(by_alias=True) if isinstance(default, Body) else default
    return found
