"""One request, two verifiers, two official libraries; and eight mutations that every one of them refuses."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable

import pytest
import standardwebhooks.webhooks
import svix.webhooks
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from atelier.messaging.webhook_secrets import SecretInvalid, decode_secret, encode_secret
from generation.pipeline.spec import MAX_SEED
from tests.support.receiver_code import verify_body
from webhooks.events import MAX_BODY, document, encode
from webhooks.signing import Keys, make_keys, sign_body, sign_headers

KEYS = make_keys(b"k" * 32, b"s" * 32)
OLD = make_keys(b"o" * 32)
DATA = {
    "generationId": "gen_x",
    "metadata": {"\U0001f34e": 1.5, "\ufb33": 10**30, "n": None},
    "images": [{"id": "img_1"}],
}
Request = tuple[bytes, dict[str, str]]


def make(keys: list[Keys] | None = None, at: int | None = None) -> Request:
    told = document(
        event_id="evt_abc", event="generation.completed", sequence=417, timestamp="2026-11-24T00:00:00.000Z", data=DATA
    )
    body = sign_body(told, keys or [KEYS])
    return body, sign_headers("evt_abc", int(time.time()) if at is None else at, body, keys or [KEYS])


OFFICIAL = {
    "standardwebhooks": lambda secret, body, headers: standardwebhooks.webhooks.Webhook(secret).verify(body, headers),
    "svix": lambda secret, body, headers: svix.webhooks.Webhook(secret).verify(body, headers),
}
Verify = Callable[[str, bytes, dict[str, str]], object]
official = pytest.mark.parametrize("verify", OFFICIAL.values(), ids=OFFICIAL)


@official
def test_the_official_libraries_accept_the_request(verify: Verify) -> None:
    verify(KEYS.secret, *make())


def test_the_verifier_of_the_document_accepts_the_same_request() -> None:
    assert verify_body(KEYS.secret, make()[0])["data"]["generationId"] == "gen_x"


def _changed(body: bytes, old: bytes, new: bytes) -> bytes:
    assert old in body
    return body.replace(old, new)


MUTATIONS: dict[str, Callable[[bytes, dict[str, str]], Request]] = {
    "a changed value": lambda body, headers: (_changed(body, b"gen_x", b"gen_y"), headers),
    "a changed sequence": lambda body, headers: (_changed(body, b"417", b"418"), headers),
    "a byte more": lambda body, headers: (body + b" ", headers),
    "a byte less": lambda body, headers: (body[:-1], headers),
    "another id": lambda body, headers: (body, headers | {"webhook-id": "evt_abd"}),
    "another timestamp": lambda body, headers: (
        body,
        headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)},
    ),
    "a changed signature": lambda body, headers: (
        body,
        headers | {"webhook-signature": "v1," + base64.b64encode(b"x" * 32).decode()},
    ),
    "no signature": lambda body, headers: (body, {k: v for k, v in headers.items() if k != "webhook-signature"}),
}


@official
@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_the_official_libraries_refuse_every_mutation(
    verify: Verify, mutation: Callable[[bytes, dict[str, str]], Request]
) -> None:
    with pytest.raises((standardwebhooks.webhooks.WebhookVerificationError, svix.webhooks.WebhookVerificationError)):
        verify(KEYS.secret, *mutation(*make()))


@official
@pytest.mark.parametrize("late", [-301, 301])
def test_the_official_libraries_refuse_old_and_future_requests(verify: Verify, late: int) -> None:
    with pytest.raises((standardwebhooks.webhooks.WebhookVerificationError, svix.webhooks.WebhookVerificationError)):
        verify(KEYS.secret, *make(at=int(time.time()) + late))


BODY_MUTATIONS: dict[str, Callable[[bytes], bytes]] = {
    "a changed value": lambda body: _changed(body, b"gen_x", b"gen_y"),
    "a changed sequence": lambda body: _changed(body, b"417", b"418"),
    "a changed event": lambda body: _changed(body, b'"event":"generation.completed"', b'"event":"generation.failed"'),
    "another id": lambda body: _changed(body, b"evt_abc", b"evt_abd"),
    "another time": lambda body: _changed(body, b"2026-11-24", b"2026-11-25"),
    "a member more": lambda body: body[:-1] + b',"x":1}',
    "a changed signature": lambda body: _changed(body, b"sha256=", b"sha256=0")[:-1] + b"}",
    "no signature": lambda body: json.dumps({k: v for k, v in json.loads(body).items() if k != "signature"}).encode(),
}


@pytest.mark.parametrize("mutation", BODY_MUTATIONS.values(), ids=BODY_MUTATIONS)
def test_the_verifier_of_the_document_refuses_every_mutation(mutation: Callable[[bytes], bytes]) -> None:
    with pytest.raises((ValueError, KeyError)):
        verify_body(KEYS.secret, mutation(make()[0]))


def test_another_secret_is_refused_by_all() -> None:
    body, headers = make()
    for verify in OFFICIAL.values():
        with pytest.raises(Exception, match="(?i)signature"):
            verify(OLD.secret, body, headers)
    with pytest.raises(ValueError, match="signature"):
        verify_body(OLD.secret, body)


@pytest.mark.parametrize("secret", [KEYS.secret, OLD.secret])
def test_during_a_rotation_both_secrets_verify(secret: str) -> None:
    body, headers = make([KEYS, OLD])
    for verify in OFFICIAL.values():
        verify(secret, body, headers)
    verify_body(secret, body)


def test_the_ed25519_signature_is_over_the_same_content() -> None:
    body, headers = make()
    signature = headers["webhook-signature"].partition("v1a,")[2]
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(KEYS.public_key.removeprefix("whpk_")))
    content = f"evt_abc.{headers['webhook-timestamp']}.".encode() + body
    public.verify(base64.b64decode(signature), content)


def test_a_body_is_canonical_and_never_large() -> None:
    body = make()[0]
    assert body == encode(json.loads(body))
    image = {
        "id": "img_" + "a" * 20,
        "url": "https://" + "u" * 900,
        "sha256": "f" * 64,
        "expiresAt": "x" * 24,
        "format": "jpeg",
        "seed": MAX_SEED,
        "safety": None,
        "quality": None,
    } | dict.fromkeys(("width", "height", "sizeBytes"), 10**9)
    told = DATA | {
        "images": [image] * 8,
        "metadata": {"m": "\u4e2d" * 680},
        "error": {"code": "c" * 60, "message": "\u4e2d" * 500},
    }
    largest = document(
        event_id="evt_" + "a" * 20, event="generation.completed", sequence=2**53 - 1, timestamp="t" * 24, data=told
    )
    assert len(sign_body(largest, [KEYS, OLD])) <= MAX_BODY


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "abc", "whsec_abc", encode_secret(b"x" * 23), encode_secret(b"x" * 65), "whsec_\u00e4" * 9]
)
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(SecretInvalid):
        decode_secret(secret)
