"""The platform's public keys: fetched over a checked connection with limits, and only those fit for signatures."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections import Counter
from functools import lru_cache
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from atelier.core.outbound.addresses import AddressRefused, Policy, parse_target
from atelier.core.outbound.resolving import NameUnresolved, checked_addresses, outbound_resolver
from atelier.core.outbound.wire import Limits, PinnedConnection, tls_context

LIMITS = Limits(connect=1.0, first_byte=2.0, total=3.0, read_bytes=100_000)
"""What one fetch may cost a request that waits for it, answer's head included."""

MOST_KEYS = 50
LEAST_RSA_BITS = 2048
ANYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
"""The operator names the URL, not a stranger: it may be in a network of our own. Its certificate must be right."""

_KINDS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
"""The one algorithm that each kind of key signs with (RFC 7518, section 3.1; RFC 8037)."""

ALGORITHMS = tuple(_KINDS.values())
Keys = dict[str, jwt.PyJWK]


class KeysUnavailable(Exception):
    """There is no usable answer; the message says why, for the log."""


def fetch_keys(url: str, ca_file: str = "") -> Keys:
    """The keys behind an https URL by their `kid`. Redirects are not followed. Raises `KeysUnavailable`."""
    try:
        return parse_keys(_fetch(url, ca_file))
    except (AddressRefused, NameUnresolved, http.client.HTTPException, OSError, ValueError) as error:
        raise KeysUnavailable(f"{type(error).__name__}: {error}") from error


def parse_keys(content: bytes) -> Keys:
    """A JWK set (RFC 7517, section 5) without what cannot verify a token. Raises ValueError for what is no set."""
    document = json.loads(content)
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > MOST_KEYS:
        raise ValueError(f"no list `keys` of {MOST_KEYS} at most")
    known = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("kid"), str)]
    times = Counter(entry["kid"] for entry in known)
    found = {entry["kid"]: _read_key(entry) for entry in known if times[entry["kid"]] == 1}
    return {kid: key for kid, key in found.items() if key is not None}


def _read_key(entry: dict[str, Any]) -> jwt.PyJWK | None:
    """None for a key of another kind, for another use, of another algorithm, or too short."""
    algorithm = _KINDS.get((str(entry.get("kty")), entry.get("crv") if entry.get("kty") != "RSA" else None))
    if algorithm is None or entry.get("alg", algorithm) != algorithm or entry.get("use", "sig") != "sig":
        return None
    public = {name: value for name, value in entry.items() if name in ("kty", "crv", "n", "e", "x", "y", "kid")}
    try:
        key = jwt.PyJWK(public, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    weak = isinstance(key.key, RSAPublicKey) and key.key.key_size < LEAST_RSA_BITS
    return None if weak else key


def _fetch(url: str, ca_file: str) -> bytes:
    policy = Policy(ANYWHERE, frozenset({urlsplit(url).port or 443}))
    target = parse_target(url, policy)
    deadline = time.monotonic() + LIMITS.total
    addresses = checked_addresses(target.host, policy, outbound_resolver())
    connection = PinnedConnection(target, addresses, _tls(ca_file))
    try:
        connection.begin(LIMITS, deadline)
        connection.request("GET", target.path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise OSError(f"the answer has the status {answer.status}")
        return answer.read()
    finally:
        connection.close()


@lru_cache(maxsize=4)
def _tls(ca_file: str) -> ssl.SSLContext:
    return tls_context(ca_file)
