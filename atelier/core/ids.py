"""Identifiers: a prefix that names the kind and 100 random bits."""

from __future__ import annotations

import base64
import secrets

LENGTH = 20


def new_id(prefix: str) -> str:
    """`gen_` + 20 lower-case base32 characters (RFC 4648) for prefix `gen`: 100 bits, unguessable, URL-safe."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(13)).decode().lower()[:LENGTH]}"
