"""Opening and closing what an endpoint keeps sealed: its keys and its headers."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict

from atelier.core.db.database import database_now
from atelier.core.sealing import derived_key, seal, unseal
from atelier.messaging.webhook_secrets import encode_secret
from webhooks.models import Endpoint
from webhooks.signing import Keys, make_keys

SECRET_BYTES = 32


def fresh_keys(*, asymmetric: bool = False) -> Keys:
    """New random keys."""
    return make_keys(secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(32) if asymmetric else b"")


def default_secret(workspace_id: str) -> str:
    """What signs one-generation webhooks that bring no secret: derived, the same as long as the sealing key is."""
    return encode_secret(derived_key(f"webhook secret of {workspace_id}"))


def seal_keys(endpoint_id: str, keys: Keys) -> bytes:
    return seal(json.dumps(asdict(keys)).encode(), _place(endpoint_id))


def open_keys(endpoint: Endpoint) -> list[Keys]:
    """The keys that sign now: the current ones, and those before the last rotation while they overlap."""
    sealed = [endpoint.keys]
    if endpoint.previous_keys_until is not None and endpoint.previous_keys_until > database_now():
        sealed.append(endpoint.previous_keys)
    return [Keys(**json.loads(unseal(bytes(one), _place(endpoint.id)))) for one in sealed]


def seal_headers(endpoint_id: str, headers: dict[str, str]) -> bytes:
    return seal(json.dumps(headers).encode(), _place(endpoint_id)) if headers else b""


def open_headers(endpoint: Endpoint) -> dict[str, str]:
    """The endpoint's own headers."""
    sealed = bytes(endpoint.headers)
    return json.loads(unseal(sealed, _place(endpoint.id))) if sealed else {}


def _place(endpoint_id: str) -> str:
    return f"webhooks_endpoint:{endpoint_id}"
