"""The bodies of the operations on endpoints, checked field by field."""

from __future__ import annotations

from typing import Any

from atelier.core.http.bodies import check_body
from atelier.core.http.moments import Moment, Truth
from atelier.core.http.rules import Choice, Rule, Schema, Text
from webhooks.api.rules import EventNames, OwnHeaders
from webhooks.services.endpoints import Wanted

URL = Text(1, 2048, visible=True)
EVENTS, HEADERS, DESCRIPTION = EventNames(), OwnHeaders(), Text(0, 200)
_MEANINGS = {
    "url": "https on port 443, a public host name. It is checked now and at every send.",
    "events": "Which events to send; empty: all of them.",
    "description": "Yours; never interpreted.",
    "headers": "Sent with every request; the values are kept sealed and never shown again.",
    "asymmetric": "Sign with ed25519 (`v1a`) as well; `publicKey` verifies it.",
    "status": "`disabled` stops sending; `active` begins anew.",
    "from": "Events that happened at this time or later.",
    "until": "Events that happened before this time.",
    "include": "`undelivered`: what this endpoint has not taken. `all`: also what it has.",
}
CREATE: dict[str, Rule] = {
    "url": URL, "events": EVENTS, "description": DESCRIPTION, "headers": HEADERS, "asymmetric": Truth(),
}  # fmt: skip
UPDATE: dict[str, Rule] = {
    "url": URL, "events": EVENTS, "description": DESCRIPTION, "headers": HEADERS,
    "status": Choice(("active", "disabled")),
}  # fmt: skip
REPLAY: dict[str, Rule] = {"from": Moment(), "until": Moment(), "include": Choice(("undelivered", "all"))}


def schema_of(rules: dict[str, Rule], required: tuple[str, ...] = ()) -> Schema:
    """The JSON Schema of a body."""
    members = {name: rule.schema | {"description": _MEANINGS[name]} for name, rule in rules.items()}
    listed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": members, "additionalProperties": False} | listed


def parse_endpoint(body: Any) -> Wanted:
    """The body of POST /webhook-endpoints. Raises what `check_body` raises."""
    return Wanted(**check_body(body, CREATE, ("url",)))
