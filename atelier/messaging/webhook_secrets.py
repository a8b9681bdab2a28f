"""Secrets of webhooks as text (Standard Webhooks 1.0.0), and those of single generations sealed for their rows."""

from __future__ import annotations

import base64
import binascii
import re

from atelier.core.sealing import seal, unseal

PREFIX = "whsec_"
LEAST, MOST = 24, 64
"""Bytes of a secret."""


class SecretInvalid(ValueError):
    """Not `whsec_` and 24 to 64 bytes in base64."""


def encode_secret(key: bytes) -> str:
    return PREFIX + base64.b64encode(key).decode()


def decode_secret(secret: str) -> bytes:
    """The bytes of `whsec_...`. Raises `SecretInvalid`."""
    text = secret.removeprefix(PREFIX)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    well_formed = secret.startswith(PREFIX) and re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", text)
    if not well_formed or not LEAST <= len(key) <= MOST:
        raise SecretInvalid(f"A secret is {PREFIX} and {LEAST} to {MOST} random bytes in base64.")
    return key


def seal_hook_secret(source_id: str, secret: str) -> str:
    """The secret of a generation's own webhook, as text for its row."""
    return base64.b64encode(seal(secret.encode(), _place(source_id))).decode()


def open_hook_secret(source_id: str, sealed: str) -> str:
    return unseal(base64.b64decode(sealed), _place(source_id)).decode()


def _place(source_id: str) -> str:
    return f"webhook of {source_id}"
