"""Tokens of the platform around this service (JWT, RFC 7519): whether one is meant for us, and what it says."""

from __future__ import annotations

import base64
import binascii
import re
import time
from dataclasses import dataclass
from typing import Any

import jwt

from atelier.accounts.platform.jwks import ALGORITHMS, KeysUnavailable
from atelier.accounts.platform.keyring import KeyRing, KeyUnknown
from atelier.core.errors import AtelierError, InvalidRequest
from atelier.core.http.parsers import parse_object

LONGEST_TOKEN = 8192
LEEWAY_SECONDS = 10
"""How far the platform's clock may be from ours."""

_SHAPE = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_KEY_NAME = re.compile(r"[!-~]{1,200}", re.ASCII)
_REFUSED_MEMBERS = ("jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc")
"""Header members that bring or name a key of the sender's own, or change how the rest is to be read."""

_TYPES = ("jwt", "at+jwt", "application/at+jwt")
_REQUIRED = ("exp", "iss", "aud", "sub")
_TIMES = ("exp", "nbf", "iat")
LONGEST_CLAIM = 255


class InvalidToken(AtelierError):
    """The token is not one that the platform signed for this service; `detail` says what is wrong with it."""

    code = "invalid_token"
    status = 401
    title = "The token cannot be accepted"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="atelier", error="invalid_token"'})


class TokenExpired(InvalidToken):
    """The token was right and its time is over: get a new one from the platform."""

    code = "token_expired"
    title = "The token has expired"


class TokenKeysUnavailable(AtelierError):
    """The platform's keys cannot be fetched and no key at hand fits; nothing is known against the token."""

    code = "token_keys_unavailable"
    status = 503
    title = "The platform's keys cannot be reached"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs tokens, and the name by which they must mean us. Both are compared character by character.

    A token whose end is further than `longest_seconds` from now is refused: nobody can take it back.
    """

    name: str
    audience: str
    longest_seconds: float = 86_400


def read_token(text: str, issuer: Issuer, ring: KeyRing) -> dict[str, Any]:
    """The claims of a token that `issuer` signed for us and whose time has come and is not over.

    Nothing is fetched for a token whose form alone is wrong. Raises `InvalidToken`, `TokenExpired`,
    `TokenKeysUnavailable`.
    """
    shape = _SHAPE.fullmatch(text) if len(text) <= LONGEST_TOKEN else None
    if shape is None:
        raise InvalidToken(f"Send one token of three parts and at most {LONGEST_TOKEN:,} characters.")
    algorithm, key_name = _read_header(shape[1])
    _check_claims(_decoded(shape[2], "body"))
    key = _find_key(ring, key_name)
    if key.algorithm_name != algorithm:
        raise InvalidToken("The token's algorithm is not its key's.")
    claims = _verify(text, key, issuer)
    if claims["exp"] > time.time() + issuer.longest_seconds + LEEWAY_SECONDS:
        raise InvalidToken(f"The token may live {issuer.longest_seconds:,.0f} s from now at the longest.")
    return claims


def _read_header(part: str) -> tuple[str, str]:
    """Algorithm and key name, if nothing in the header is of the sender's own making."""
    header = _decoded(part, "header")
    algorithm, key_name = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise InvalidToken(f"The token's algorithm must be one of {', '.join(ALGORITHMS)}.")
    refused = [name for name in _REFUSED_MEMBERS if name in header]
    if refused:
        raise InvalidToken(f"The token's header must not have {refused[0]!r}.")
    if str(header.get("typ", "JWT")).lower() not in _TYPES:
        raise InvalidToken("The token's type must be JWT.")
    if not isinstance(key_name, str) or not _KEY_NAME.fullmatch(key_name):
        raise InvalidToken("The token's header must name its key in `kid`.")
    return str(algorithm), key_name


def _check_claims(claims: dict[str, Any]) -> None:
    """What the library is not strict about: kinds of values. Nothing here is believed yet."""
    for name in _REQUIRED:
        if claims.get(name) in (None, "", []):
            raise InvalidToken(f"The token must have the claim {name!r}.")
    for name in _TIMES:
        if name in claims and type(claims[name]) not in (int, float):
            raise InvalidToken(f"The token's {name!r} must be a number.")
    subject = claims["sub"]
    if not isinstance(subject, str) or len(subject) > LONGEST_CLAIM or not subject.isprintable():
        raise InvalidToken(f"The token's 'sub' must be a text of at most {LONGEST_CLAIM} characters.")


def _decoded(part: str, name: str) -> dict[str, Any]:
    try:
        return parse_object(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, InvalidRequest) as error:
        raise InvalidToken(f"The token's {name} is not an object of JSON in base64url. {error}") from None


def _find_key(ring: KeyRing, name: str) -> jwt.PyJWK:
    try:
        return ring.find(name)
    except KeyUnknown:
        raise InvalidToken("The platform has no key of the name in the token's `kid`.") from None
    except KeysUnavailable:
        raise TokenKeysUnavailable("Try again in a moment.", headers={"Retry-After": "10"}) from None


def _verify(text: str, key: jwt.PyJWK, issuer: Issuer) -> dict[str, Any]:
    try:
        return jwt.decode(
            text,
            key,
            algorithms=list(ALGORITHMS),
            audience=issuer.audience,
            issuer=issuer.name,
            leeway=LEEWAY_SECONDS,
            options={"require": list(_REQUIRED)},
        )
    except jwt.ExpiredSignatureError:
        raise TokenExpired("Get a new one from the platform.") from None
    except jwt.InvalidAudienceError:
        raise InvalidToken("The token is for another audience.") from None
    except jwt.InvalidIssuerError:
        raise InvalidToken("The token is of another issuer.") from None
    except jwt.ImmatureSignatureError:
        raise InvalidToken("The token is not valid yet.") from None
    except jwt.InvalidSignatureError:
        raise InvalidToken("The token's signature is wrong.") from None
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        raise InvalidToken("The token cannot be read.") from None
