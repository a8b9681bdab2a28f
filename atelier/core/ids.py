"""Identifiers: a prefix for the type of the object, and 100 random bits."""

from __future__ import annotations

import secrets

LENGTH = 20
_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567" * 8
"""The base32 letter (RFC 4648) of each byte value. Each letter has 8 of the 256 values, so all are equally likely."""


def new_id(prefix: str) -> str:
    """`gen_` + 20 lower-case base32 characters for prefix `gen`: 100 bits, unguessable, URL-safe."""
    return f"{prefix}_{secrets.token_bytes(LENGTH).translate(_LETTERS).decode()}"
