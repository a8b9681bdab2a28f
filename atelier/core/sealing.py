"""Secrets at rest: sealed with AES-256-GCM, bound to the place they were sealed for."""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"
_NONCE_BYTES = 12


class SealBroken(Exception):
    """The bytes were changed, belong to another place, or were sealed under a key that is not known here."""


def seal(content: bytes, place: str) -> bytes:
    """Version, nonce, ciphertext: `content` bound to `place` (table and id) under the first of ATELIER_SEALING_KEYS."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(settings.ATELIER_SEALING_KEYS[0]).encrypt(nonce, content, place.encode())


def unseal(sealed: bytes, place: str) -> bytes:
    """What was sealed for `place`, under any of the keys. Raises `SealBroken`."""
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    for key in settings.ATELIER_SEALING_KEYS if sealed[:1] == _VERSION else ():
        try:
            return _cipher(key).decrypt(nonce, ciphertext, place.encode())
        except (InvalidTag, ValueError):
            continue
    raise SealBroken(f"What is sealed for {place} cannot be opened: set the key it was sealed with.")


def derived_key(purpose: str) -> bytes:
    """32 bytes for `purpose`, the same wherever the first sealing key is the same; nothing is stored."""
    return _derive(settings.ATELIER_SEALING_KEYS[0], f"atelier derived {purpose}")


@lru_cache(maxsize=8)
def _cipher(key: str) -> AESGCM:
    return AESGCM(_derive(key, "atelier sealing 1"))


def _derive(key: str, purpose: str) -> bytes:
    """HKDF (RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(key.encode())
