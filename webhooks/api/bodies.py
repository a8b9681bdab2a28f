"""The bodies of requests about webhook endpoints."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from atelier.core.http.bodies import Body
from atelier.core.http.times import Time
from atelier.core.http.values import NOT_SENT, Distinct, NotNull, OneOf, Visible
from webhooks.api.headers import OwnHeaders
from webhooks.events import EVENTS
from webhooks.models import ACTIVE, DISABLED


class _EventName:
    """For texts: the name of an event that clients can ask for."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "enum": list(EVENTS)}

    def _check(self, value: Any) -> str:
        if not isinstance(value, str) or value not in EVENTS:
            told = {"events": ", ".join(EVENTS)}
            raise PydanticCustomError("event", "There is no such event. The events are: {events}.", told)
        return value


def _check_list(value: Any) -> Any:
    if not isinstance(value, list):
        raise PydanticCustomError("events_type", "It must be a list of event names.")
    return value


Url = Annotated[
    str,
    Field(min_length=1, max_length=2048),
    Visible(),
    Field(description="https on port 443, a public host name. It is checked now and at every send."),
]
Events = Annotated[
    list[Annotated[str, _EventName()]],
    Field(max_length=len(EVENTS)),
    Distinct("An event is named twice."),
    BeforeValidator(_check_list),
    Field(description="Which events to send; empty: all of them."),
]
Description = Annotated[str, Field(max_length=200, description="Yours; never interpreted.")]
Headers = Annotated[
    dict[str, str],
    OwnHeaders(),
    Field(description="Sent with every request; the values are kept sealed and never shown again."),
]


class WebhookEndpointRequest(Body):
    url: Url
    events: Events = []
    description: Description = ""
    headers: Headers = {}
    asymmetric: Annotated[bool, Field(description="Sign with ed25519 (`v1a`) as well; `publicKey` verifies it.")] = (
        False
    )


class WebhookEndpointChanges(Body):
    url: Annotated[Url | None, NotNull()] = NOT_SENT
    events: Annotated[Events | None, NotNull()] = NOT_SENT
    description: Annotated[Description | None, NotNull()] = NOT_SENT
    headers: Annotated[Headers | None, NotNull()] = NOT_SENT
    status: Annotated[
        Annotated[str, OneOf((ACTIVE, DISABLED))] | None,
        NotNull(),
        Field(description="`disabled` stops sending; `active` begins anew."),
    ] = NOT_SENT


class WebhookReplay(Body):
    since: Annotated[Time, Field(alias="from", description="Events that happened at this time or later.")]
    until: Annotated[Time, Field(description="Events that happened before this time.")]
    include: Annotated[
        str,
        OneOf(("undelivered", "all")),
        Field(description="`undelivered`: what this endpoint has not taken. `all`: also what it has."),
    ] = "undelivered"
