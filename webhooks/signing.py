"""Keys and signatures of webhooks, both in the body and in the headers of Standard Webhooks. Pure.

Standard Webhooks 1.0.0: `v1` is HMAC-SHA256 and `v1a` ed25519, both over `id.timestamp.body`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from atelier.messaging.webhook_secrets import decode_secret, encode_secret
from webhooks.events import encode

_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@dataclass(frozen=True)
class Keys:
    """The keys of an endpoint. `secret` is `whsec_...`; `seed` the ed25519 key as base64, empty without one."""

    secret: str
    seed: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @property
    def key(self) -> bytes:
        """The HMAC key: the decoded base64 after `whsec_`."""
        return decode_secret(self.secret)

    @property
    def public_key(self) -> str:
        """`whpk_...`, empty without an ed25519 key."""
        if not self.seed:
            return ""
        return "whpk_" + _base64(self._private.public_key().public_bytes(*_RAW))

    def sign(self, content: bytes) -> list[str]:
        """The signatures of `id.timestamp.body`."""
        signed = ["v1," + _base64(hmac.digest(self.key, content, hashlib.sha256))]
        return [*signed, "v1a," + _base64(self._private.sign(content))] if self.seed else signed

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.seed))


def make_keys(random: bytes, seed: bytes = b"") -> Keys:
    """Keys from 24 to 64 random bytes, and from 32 more for ed25519 if `seed` is given."""
    return Keys(encode_secret(random), _base64(seed) if seed else "")


def sign_body(document: dict[str, Any], keys: Sequence[Keys]) -> bytes:
    """The bytes to send: canonical JSON with `signature` by the first key, and `previousSignature` by a second one.

    Both are computed over the canonical form without either member.
    """
    bare = encode(document)
    names = ("signature", "previousSignature")
    return encode(document | {name: body_signature(bare, one) for name, one in zip(names, keys, strict=False)})


def body_signature(bare: bytes, keys: Keys) -> str:
    """`sha256=` and the hexadecimal HMAC-SHA256 of the body without its signatures."""
    return "sha256=" + hmac.new(keys.key, bare, hashlib.sha256).hexdigest()


def sign_headers(event_id: str, timestamp: int, body: bytes, keys: Sequence[Keys]) -> dict[str, str]:
    """The three headers for these exact bytes, sent at `timestamp` (seconds since 1970)."""
    content = f"{event_id}.{timestamp}.".encode() + body
    signatures = [signature for one in keys for signature in one.sign(content)]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
