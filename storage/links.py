"""Signed links to stored bytes: pure functions that sign and verify. The clock and the keys are arguments.

A token is `<payload>.<signature>/<file name>`. The payload is base64url of the JSON list
[method, key, expires_at, content_type]; the signature is base64url of HMAC-SHA256 over the payload's text and the
file name. The text itself is signed and compared, never its decoded form: base64 spells some bytes in several ways,
and a link with a changed character must be refused even where it would decode to the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from atelier.core.errors import AtelierError
from storage.keys import check_key

MAX_SECONDS = 7 * 86_400
"""The longest life of a link: one week, the limit of AWS Signature Version 4, so that both backends agree."""

CLOCK_SKEW_SECONDS = 5
"""How far the clocks of two servers may differ: a link is honoured that much longer than it promises."""

PATH = "/files/"

_PURPOSE = b"atelier.storage.links.v1"
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,1000})\.([A-Za-z0-9_-]{43})/([A-Za-z0-9][A-Za-z0-9_.-]{0,99})")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_CONTENT_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9][a-z0-9.+-]{0,60}")


class LinkInvalid(AtelierError):
    code = "link_invalid"
    status = 403
    title = "This link was not made by this service"
    advice = "Use the link as it was given, without a change; a fresh one is in GET /projects/{id}."


class LinkExpired(AtelierError):
    code = "link_expired"
    status = 403
    title = "This link has expired"
    advice = "A fresh one is in GET /projects/{id}."


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link allows: `method` on `key` until `expires_at` (seconds since 1970, UTC), served under this name."""

    method: str
    key: str
    expires_at: int
    filename: str
    content_type: str


def derive_key(secret: str) -> bytes:
    """32 bytes that sign links and nothing else, so that no other use of the secret can forge one."""
    return hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)


def check_names(filename: str, content_type: str) -> None:
    """Raise ValueError unless both may stand in a URL and in a header as they are, without quoting or escaping."""
    if not _FILE_NAME.fullmatch(filename):
        raise ValueError(f"a file name is 1..100 ASCII letters, digits, '_', '.', '-': {filename[:100]!r}")
    if not _CONTENT_TYPE.fullmatch(content_type):
        raise ValueError(f"not a content type without parameters: {content_type[:80]!r}")


def check_seconds(expires_in: int) -> int:
    """Return `expires_in`, or raise ValueError unless it lies in 1..MAX_SECONDS."""
    if not 1 <= expires_in <= MAX_SECONDS:
        raise ValueError(f"a link lives 1..{MAX_SECONDS} seconds, got {expires_in}")
    return expires_in


def sign(claim: Claim, key: bytes) -> str:
    """The token of a claim. Raises ValueError for a name, type or storage key that could not stand in a URL."""
    check_key(claim.key)
    check_names(claim.filename, claim.content_type)
    fields = [claim.method, claim.key, claim.expires_at, claim.content_type]
    payload = _encode(json.dumps(fields, separators=(",", ":")).encode())
    return f"{payload}.{_signature(payload, claim.filename, key)}/{claim.filename}"


def verify(token: str, *, method: str, keys: Sequence[bytes], now: float) -> Claim:
    """The claim of a token, or LinkInvalid, or LinkExpired.

    `keys` are tried in order (the newest first, so that a secret can be replaced while its links still live).
    An honest link from a signer whose clock runs ahead may promise more than it should: one that reaches further
    than MAX_SECONDS from `now` is refused.
    """
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        raise LinkInvalid()
    payload, signature, filename = parts.groups()
    if not any(hmac.compare_digest(_signature(payload, filename, key), signature) for key in keys):
        raise LinkInvalid()
    signed_method, key, expires_at, content_type = json.loads(_decode(payload))
    if signed_method != method or expires_at > now + MAX_SECONDS + CLOCK_SKEW_SECONDS:
        raise LinkInvalid()
    if now > expires_at + CLOCK_SKEW_SECONDS:
        raise LinkExpired()
    return Claim(signed_method, key, expires_at, filename, content_type)


def _signature(payload: str, filename: str, key: bytes) -> str:
    return _encode(hmac.digest(key, f"{payload}/{filename}".encode(), hashlib.sha256))


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
