"""Rules for the values of an endpoint: event names, own headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from atelier.core.http.rules import Schema, Wrong
from webhooks.events import EVENTS

MOST_HEADERS, LONGEST_VALUE = 10, 500
RESERVED = frozenset(
    ("host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "keep-alive",
     "upgrade", "te", "trailer", "expect", "proxy-authorization", "proxy-connection", "accept-encoding", "user-agent",
     "cookie", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "metadata-flavor", "metadata",
     "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds")
)  # fmt: skip
"""Headers that frame the request, or that unlock a cloud's metadata service."""
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class EventNames:
    """A list of event names; empty: all events."""

    @property
    def schema(self) -> Schema:
        names = {"type": "string", "enum": list(EVENTS)}
        return {"type": "array", "items": names, "uniqueItems": True, "maxItems": len(EVENTS)}

    def check(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise Wrong("It must be a list of event names.")
        for index, name in enumerate(value):
            if not isinstance(name, str) or name not in EVENTS:
                raise Wrong(f"There is no such event. The events are: {', '.join(EVENTS)}.", f"/{index}")
        if len(set(value)) != len(value):
            raise Wrong("An event is named twice.")
        return value


@dataclass(frozen=True, slots=True)
class OwnHeaders:
    """Names and values of headers that go with every request to an endpoint."""

    @property
    def schema(self) -> Schema:
        value = {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE, "pattern": f"^{_VALUE.pattern}$"}
        names = {"pattern": f"^{_NAME.pattern}$"}
        return {
            "type": "object", "maxProperties": MOST_HEADERS, "propertyNames": names, "additionalProperties": value,
        }  # fmt: skip

    def check(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise Wrong("It must be an object of header names and values.")
        if len(value) > MOST_HEADERS or len({name.lower() for name in value}) != len(value):
            raise Wrong(f"It may have {MOST_HEADERS} different headers.")
        for name, text in value.items():
            _check_header(name, text)
        return value


def _check_header(name: str, text: Any) -> None:
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")[:100]
    if not _NAME.fullmatch(name):
        raise Wrong("This is not a name of a header.", pointer)
    if name.lower() in RESERVED or name.lower().startswith(("webhook-", "sec-", "proxy-")):
        raise Wrong("This header is not yours to set.", pointer)
    if not isinstance(text, str) or len(text) > LONGEST_VALUE or not _VALUE.fullmatch(text):
        raise Wrong(f"It must have 1 to {LONGEST_VALUE} printable ASCII characters, no blank at either end.", pointer)
