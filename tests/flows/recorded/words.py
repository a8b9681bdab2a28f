"""Short words for the tables: bodies and the commonest requests."""

from __future__ import annotations

import json
from typing import Any

from tests.support.recording import Ask

SIDE = {"width": 64, "height": 64}


def body(**members: Any) -> bytes:
    """A JSON object of these members, compact."""
    return json.dumps(members, separators=(",", ":")).encode()


def picture(**members: Any) -> bytes:
    """The body of a small picture with a seed, changed by `members`."""
    return body(**({"prompt": "a red apple", "dimensions": SIDE, "seed": 7} | members))


def raw(members: str) -> bytes:
    """The body of a small picture with more members, written as JSON by hand: what `json` would not write."""
    return b'{"prompt":"a red apple","dimensions":{"width":64,"height":64},"seed":7,' + members.encode() + b"}"


def get(name: str, path: str, **more: Any) -> Ask:
    return Ask(name, "GET", path, **more)


def post(name: str, path: str, content: bytes = b"", **more: Any) -> Ask:
    return Ask(name, "POST", path, content, **more)


def delete(name: str, path: str, **more: Any) -> Ask:
    return Ask(name, "DELETE", path, **more)


def patch(name: str, path: str, content: bytes = b"", **more: Any) -> Ask:
    return Ask(name, "PATCH", path, content, **more)


def generate(name: str, content: bytes, *, query: str = "", **more: Any) -> Ask:
    """POST /generate."""
    return Ask(f"generate: {name}", "POST", f"~/generate{query}", content, **more)
