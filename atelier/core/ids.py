"""Identifiers: a prefix that names the kind and 100 random bits."""

from __future__ import annotations

import secrets

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648 base32, lower case
LENGTH = 20


def new_id(prefix: str) -> str:
    """`gen_` + 20 base32 characters for prefix `gen`: 100 bits, unguessable, URL-safe."""
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
