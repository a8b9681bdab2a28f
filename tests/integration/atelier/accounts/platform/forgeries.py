"""Tokens that must not open anything: each is made from the platform's real keys or against them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from atelier.accounts.models import Workspace
from tests.support.platform import AUDIENCE, ISSUER, Platform, SigningKey, claims

HOUR = 3600
BAD, LATE, OUT, SHUT = (
    (401, "invalid_token"),
    (401, "token_expired"),
    (403, "not_a_member"),
    (403, "workspace_suspended"),
)


@dataclass(frozen=True)
class Scene:
    """`workspace` is mira's, where she is an editor; `other` is somebody else's; `shut` hers, and suspended."""

    platform: Platform
    workspace: Workspace
    other: Workspace
    shut: Workspace

    @property
    def rsa(self) -> SigningKey:
        return self.platform.key("rsa-1")

    def says(self, without: str = "", **other: Any) -> dict[str, Any]:
        return claims(self.workspace.id, without, **other)


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unsigned(scene: Scene, algorithm: Any, signature: str = "AAAA") -> str:
    head, body = ({"alg": algorithm, "kid": "rsa-1"}, scene.says())
    return f"{b64(json.dumps(head).encode())}.{b64(json.dumps(body).encode())}.{signature}"


def with_hmac(scene: Scene, secret: bytes, algorithm: str = "HS256") -> str:
    """Signed with something public, in the hope that it is taken for a shared secret (algorithm confusion)."""
    signed = unsigned(scene, algorithm).rpartition(".")[0]
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def pem(scene: Scene) -> bytes:
    return scene.rsa.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def brought(scene: Scene, **header: Any) -> str:
    """Signed with a key of one's own, which the header brings or names."""
    own = SigningKey("rsa-1", "RS256")
    named = {name: own.public if value is None else value for name, value in header.items()}
    return own.sign(scene.says(), **named)


def signed(scene: Scene, head: str, body: str) -> str:
    """Really signed, whatever it says: the library would not."""
    text = f"{b64(head.encode())}.{b64(body.encode())}"
    return f"{text}.{b64(scene.platform.key('ed-1').private.sign(text.encode()))}"  # type: ignore[union-attr, call-arg]


def raw(scene: Scene, body: Any) -> str:
    return signed(scene, '{"alg":"EdDSA","kid":"ed-1"}', json.dumps(body))


def twice(scene: Scene, where: str) -> str:
    """A name that stands twice in `where`; a careless reader takes the first or the last."""
    head, body = '{"alg":"EdDSA","kid":"ed-1"}', json.dumps(scene.says())
    if where == "header":
        head = '{"alg":"none",' + head[1:]
    else:
        body = f'{{"workspace":"{scene.other.id}",{body[1:]}'
    return signed(scene, head, body)


def cut(scene: Scene, by: int) -> str:
    return scene.rsa.sign(scene.says())[:-by]


def turned(scene: Scene) -> str:
    """The body of one token with the head and the signature of another."""
    head, _, signature = scene.rsa.sign(scene.says()).split(".")
    return f"{head}.{b64(json.dumps(scene.says(sub='owner')).encode())}.{signature}"


def ours(**other: Any) -> Callable[[Scene], str]:
    """A token that the platform really signed, with other claims."""
    return lambda scene: scene.rsa.sign(scene.says(**other))


def lacking(name: str) -> Callable[[Scene], str]:
    return lambda scene: scene.rsa.sign(scene.says(without=name))


def at(name: str, seconds: float) -> Callable[[Scene], str]:
    return lambda scene: scene.rsa.sign(scene.says(**{name: int(time.time() + seconds)}))


def headed(**header: Any) -> Callable[[Scene], str]:
    return lambda scene: scene.rsa.sign(scene.says(), **header)


FORGERIES: dict[str, tuple[tuple[int, str], Callable[[Scene], str]]] = {
    "alg none": (BAD, lambda scene: unsigned(scene, "none")),
    "alg none without a signature": (BAD, lambda scene: unsigned(scene, "none", "")),
    "alg None": (BAD, lambda scene: unsigned(scene, "None")),
    "alg NONE": (BAD, lambda scene: unsigned(scene, "NONE")),
    "alg null": (BAD, lambda scene: unsigned(scene, None)),
    "alg as a list": (BAD, lambda scene: unsigned(scene, ["RS256"])),
    "HS256 with the public key as PEM": (BAD, lambda scene: with_hmac(scene, pem(scene))),
    "HS256 with the public key as JWK": (BAD, lambda scene: with_hmac(scene, json.dumps(scene.rsa.public).encode())),
    "RS256 in name, an HMAC in truth": (BAD, lambda scene: with_hmac(scene, pem(scene), "RS256")),
    "RS512, which is not ours": (BAD, headed(alg="RS512")),
    "another algorithm than the key's": (BAD, headed(kid="ec-1")),
    "embedded jwk": (BAD, lambda scene: brought(scene, jwk=None)),
    "jku": (BAD, lambda scene: brought(scene, jku="https://evil.example/keys")),
    "x5u": (BAD, lambda scene: brought(scene, x5u="https://evil.example/chain.pem")),
    "x5c": (BAD, lambda scene: brought(scene, x5c=["MIIB"])),
    "kid as a path": (BAD, headed(kid="../../../../dev/null")),
    "kid as SQL": (BAD, headed(kid="' UNION SELECT 'key'--")),
    "kid as an address": (BAD, headed(kid="https://evil.example/key.pem")),
    "kid of a million": (BAD, headed(kid="k" * 5000)),
    "no kid": (BAD, lambda scene: signed(scene, '{"alg":"EdDSA"}', json.dumps(scene.says()))),
    "unknown kid": (BAD, headed(kid="rsa-2")),
    "wrong key": (BAD, lambda scene: brought(scene)),
    "crit": (BAD, headed(crit=["exp"])),
    "crit unknown": (BAD, headed(crit=["https://evil.example/ext"])),
    "typ swapped": (BAD, headed(typ="logout+jwt")),
    "cut signature": (BAD, lambda scene: cut(scene, 4)),
    "half a signature": (BAD, lambda scene: cut(scene, 170)),
    "body of another token": (BAD, turned),
    "two tokens": (BAD, lambda scene: f"{scene.rsa.sign(scene.says())} {scene.rsa.sign(scene.says())}"),
    "two tokens with a comma": (BAD, lambda scene: f"{scene.rsa.sign(scene.says())}, Bearer {cut(scene, 1)}"),
    "10 kB": (BAD, ours(padding="x" * 10_000)),
    "1 MB": (BAD, ours(padding="x" * 1_000_000)),
    "five parts, encrypted": (BAD, lambda scene: f"{scene.rsa.sign(scene.says())}.AAAA.AAAA"),
    "header twice": (BAD, lambda scene: twice(scene, "header")),
    "claim twice": (BAD, lambda scene: twice(scene, "body")),
    "body is no object": (BAD, lambda scene: raw(scene, [])),
    "no exp": (BAD, lacking("exp")),
    "no iss": (BAD, lacking("iss")),
    "no aud": (BAD, lacking("aud")),
    "no sub": (BAD, lacking("sub")),
    "no workspace": (BAD, lacking("workspace")),
    "aud null": (BAD, ours(aud=None)),
    "aud of another": (BAD, ours(aud="billing")),
    "aud a list of others": (BAD, ours(aud=["billing", "atelier2"])),
    "aud an empty list": (BAD, ours(aud=[])),
    "aud an object": (BAD, lambda scene: raw(scene, scene.says(aud={AUDIENCE: AUDIENCE}))),
    "exp infinite": (BAD, lambda scene: signed(scene, '{"alg":"EdDSA","kid":"ed-1"}', '{"exp":1e999}')),
    "iss of another": (BAD, ours(iss="https://platform.example.evil.example/")),
    "iss without its slash": (BAD, ours(iss=ISSUER.rstrip("/"))),
    "expired": (LATE, at("exp", -60)),
    "lives longer than a day": (BAD, at("exp", 24 * HOUR + 60)),
    "lives for ever": (BAD, ours(exp=10**400)),
    "exp as text": (BAD, ours(exp="9999999999")),
    "exp true": (BAD, ours(exp=True)),
    "nbf in the future": (BAD, at("nbf", HOUR)),
    "iat in the future": (BAD, at("iat", HOUR)),
    "sub as a number": (BAD, lambda scene: raw(scene, scene.says(sub=7))),
    "sub with a line break": (BAD, ours(sub="mira\nowner")),
    "workspace as a list": (BAD, lambda scene: raw(scene, scene.says(workspace=[scene.workspace.id]))),
    "unknown workspace": (OUT, ours(workspace="wsp_aaaaaaaaaaaaaaaaaaaa")),
    "a workspace of others": (OUT, lambda scene: scene.rsa.sign(scene.says(workspace=scene.other.id))),
    "a stranger": (OUT, ours(sub="nobody")),
    "somebody who was switched off": (OUT, ours(sub="gone")),
    "suspended workspace": (SHUT, lambda scene: scene.rsa.sign(scene.says(workspace=scene.shut.id))),
}
