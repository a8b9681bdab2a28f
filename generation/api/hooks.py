"""The rule for `webhook`: where one generation is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from atelier.core.http.rules import Schema, Wrong
from atelier.core.outbound.addresses import MAX_URL, AddressRefused, parse_target
from atelier.core.outbound.resolving import outbound_policy
from atelier.messaging.events import GENERATION_EVENTS
from atelier.messaging.webhook_secrets import SecretInvalid, decode_secret

_MEMBERS = ("url", "secret", "events")


@dataclass(frozen=True, slots=True)
class Hook:
    """An object with `url`, and `secret` and `events` where they are wanted."""

    @property
    def schema(self) -> Schema:
        names = {"type": "string", "enum": list(GENERATION_EVENTS)}
        return {
            "type": "object",
            "properties": {
                "url": {"type": "string", "minLength": 1, "maxLength": MAX_URL},
                "secret": {"type": "string", "pattern": "^whsec_[A-Za-z0-9+/]+={0,2}$"},
                "events": {"type": "array", "items": names, "maxItems": len(GENERATION_EVENTS)},
            },
            "required": ["url"],
            "additionalProperties": False,
        }

    def check(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or "url" not in value or not set(value) <= set(_MEMBERS):
            raise Wrong(f"It must be an object with url, and no member but {', '.join(_MEMBERS)}.")
        _check_url(value["url"])
        _check_secret(value.get("secret", ""))
        events = value.get("events", [])
        _check_events(events)
        return {"url": value["url"], "events": events} | ({"secret": value["secret"]} if "secret" in value else {})


def _check_url(url: Any) -> None:
    if not isinstance(url, str):
        raise Wrong("It must be a string.", "/url")
    try:
        parse_target(url, outbound_policy())
    except AddressRefused as refused:
        raise Wrong(str(refused), "/url") from None


def _check_secret(secret: Any) -> None:
    if secret == "":
        return
    try:
        decode_secret(secret if isinstance(secret, str) else "")
    except SecretInvalid as invalid:
        raise Wrong(str(invalid), "/secret") from None


def _check_events(events: Any) -> None:
    if not isinstance(events, list):
        raise Wrong("It must be a list of event names.", "/events")
    for index, name in enumerate(events):
        if not isinstance(name, str) or name not in GENERATION_EVENTS:
            listed = ", ".join(GENERATION_EVENTS)
            raise Wrong(f"There is no such event. The events are: {listed}.", f"/events/{index}")
