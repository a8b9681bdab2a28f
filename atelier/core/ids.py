"""Identifiers: a prefix that names the kind and 100 random bits."""

from __future__ import annotations

import secrets

LENGTH = 20
_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567" * 8
"""The base32 letter (RFC 4648) that each byte stands for: each of the 32 is that of 8 bytes, so all are as likely."""


def new_id(prefix: str) -> str:
    """`gen_` + 20 lower-case base32 characters for prefix `gen`: 100 bits, unguessable, URL-safe."""
    return f"{prefix}_{secrets.token_bytes(LENGTH).translate(_LETTERS).decode()}"
