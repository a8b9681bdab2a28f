"""Encryption of secrets at rest: AES-256-GCM, with the table and id of the row as associated data."""

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
    """The bytes were changed, belong to another row, or were encrypted with a key that is not configured."""


def seal(content: bytes, place: str) -> bytes:
    """Encrypt with the first of ATELIER_SEALING_KEYS: version, nonce, ciphertext. `place` is the row's table and id."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(settings.ATELIER_SEALING_KEYS[0]).encrypt(nonce, content, place.encode())


def unseal(sealed: bytes, place: str) -> bytes:
    """Decrypt what was sealed for `place`, with whichever key fits. Raises `SealBroken`."""
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    for key in settings.ATELIER_SEALING_KEYS if sealed[:1] == _VERSION else ():
        try:
            return _cipher(key).decrypt(nonce, ciphertext, place.encode())
        except (InvalidTag, ValueError):
            continue
    raise SealBroken(f"What is sealed for {place} cannot be decrypted: set the key it was sealed with.")


def derived_key(purpose: str) -> bytes:
    """A key of 32 bytes for `purpose`, derived from the first sealing key; it is stored nowhere."""
    return _derive(settings.ATELIER_SEALING_KEYS[0], f"atelier derived {purpose}")


@lru_cache(maxsize=8)
def _cipher(key: str) -> AESGCM:
    return AESGCM(_derive(key, "atelier sealing 1"))


def _derive(key: str, purpose: str) -> bytes:
    """HKDF (RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(key.encode())
