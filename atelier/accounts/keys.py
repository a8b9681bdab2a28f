"""API keys as text: made, parsed, checked without a database.

`atl_live_<8 lookup>_<32 random base62><6 checksum>`; the checksum is CRC-32 in base62, so that a mistyped or
invented key is refused before any look-up. A random key of 190 bits needs no salt: SHA-256 is stored.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
SHAPE = re.compile(r"atl_live_([0-9A-Za-z]{8})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeyText:
    """A well-formed key: its public lookup part and the SHA-256 of the whole."""

    text: str
    lookup: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def make_key() -> KeyText:
    """A new random key."""
    lookup, secret = _random(8), _random(32)
    return KeyText(f"atl_live_{lookup}_{secret}{_checksum(lookup + secret)}", lookup)


def parse_key(text: str) -> KeyText | None:
    """The key, or None when its shape or checksum is wrong."""
    found = SHAPE.fullmatch(text)
    if found is None or _checksum(found[1] + found[2]) != found[3]:
        return None
    return KeyText(text, found[1])


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _checksum(text: str) -> str:
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = ALPHABET[rest] + digits
    return digits
