"""When the platform's keys are fetched: once for many, not for every stranger's `kid`, and who waits for it."""

from __future__ import annotations

import json
import threading

import jwt
import pytest

from atelier.accounts.platform.jwks import Keys, KeysUnavailable, parse_keys
from atelier.accounts.platform.keyring import FRESH_SECONDS, PAUSE_SECONDS, STALE_SECONDS, KeyRing, KeyUnknown
from tests.support.platform import SigningKey

ONE, TWO = SigningKey("one"), SigningKey("two")


class Server:
    """A platform in memory, and a clock."""

    def __init__(self, *keys: SigningKey) -> None:
        self.keys, self.asked, self.now, self.away = list(keys), 0, 1000.0, False
        self.ring = KeyRing(self.fetch, lambda: self.now)

    def fetch(self) -> Keys:
        self.asked += 1
        if self.away:
            raise KeysUnavailable("away")
        return {key.kid: jwt.PyJWK(key.public) for key in self.keys}


def test_keys_are_kept_while_fresh_and_a_withdrawn_one_ends_with_that() -> None:
    server = Server(ONE, TWO)
    server.ring.find("one")
    server.keys = [TWO]
    server.now += FRESH_SECONDS
    server.ring.find("one")
    assert server.asked == 1
    server.now += 1
    with pytest.raises(KeyUnknown):
        server.ring.find("one")
    assert server.asked == 2


def test_invented_names_cost_one_fetch_a_pause() -> None:
    server = Server(ONE)
    for number in range(100):
        with pytest.raises(KeyUnknown):
            server.ring.find(f"invented-{number}")
    assert server.asked == 1
    server.keys.append(TWO)
    server.now += PAUSE_SECONDS
    server.ring.find("two")
    assert server.asked == 2


def test_while_the_server_is_away_old_keys_serve_for_an_hour() -> None:
    server = Server(ONE)
    server.ring.find("one")
    server.away = True
    server.now += STALE_SECONDS
    server.ring.find("one")
    with pytest.raises(KeysUnavailable):
        server.ring.find("two")
    server.now += 1
    with pytest.raises(KeysUnavailable):
        server.ring.find("one")
    server.away = False
    server.now += PAUSE_SECONDS
    server.ring.find("one")


def test_one_thread_fetches_and_those_whose_key_is_known_go_on() -> None:
    server, slow, begun = Server(ONE), threading.Event(), threading.Event()
    server.ring.find("one")
    fetch = server.fetch

    def wait() -> Keys:
        begun.set()
        assert slow.wait(20)
        return fetch()

    server.ring._fetch = wait
    server.now += FRESH_SECONDS + 1
    other = threading.Thread(target=server.ring.find, args=("one",))
    other.start()
    assert begun.wait(20)
    server.ring.find("one")
    assert server.asked == 1
    slow.set()
    other.join()
    assert server.asked == 2


def test_only_keys_fit_for_our_signatures_are_taken() -> None:
    short, secret = SigningKey("short", "RS256"), {"kty": "oct", "k": "AAAA", "kid": "secret"}
    other = {"kty": "OKP", "crv": "X25519", "x": ONE.public["x"], "kid": "x25519"}
    broken = ONE.public | {"kid": "broken", "x": "AAAA"}
    entries = [
        ONE.public,
        ONE.public | {"kid": "enc", "use": "enc"},
        ONE.public | {"kid": "alg", "alg": "HS256"},
        secret,
        other,
        broken,
        TWO.public,
        TWO.public,
        ONE.public | {"kid": 7},
        "text",
        short.public | {"n": short.public["n"][:128]},
    ]
    assert set(parse_keys(json.dumps({"keys": entries}).encode())) == {"one"}
    for content in (b"[]", b"{}", b'{"keys": {}}', b"\xff", b""):
        with pytest.raises(ValueError):
            parse_keys(content)
