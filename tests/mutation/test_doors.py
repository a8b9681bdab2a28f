"""Guards of the doors, taken away one by one: a forged token gets in, or a mistyped key costs a query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from atelier.accounts import authentication, keys
from atelier.accounts.platform import authentication as platform
from atelier.accounts.platform import tokens
from atelier.core.http import parsers
from atelier.stacks.postgres import Postgres
from tests.integration.atelier.accounts.platform.forgeries import FORGERIES, Scene
from tests.integration.atelier.accounts.platform.test_tokens import make_scene
from tests.integration.generation.api.caller import Caller
from tests.mutation.mutants import Code
from tests.support.platform import Platform

GUARDS = {
    "RS512, which is not ours": Code(
        tokens,
        "if algorithm not in ALGORITHMS:",
        "if False:",
        (
            ("if key.algorithm_name != algorithm:", "if False:"),
            ("key,\n            algorithms=list(ALGORITHMS)", 'key.key, algorithms=["RS256", "RS512"]'),
        ),
    ),
    "wrong key": Code(tokens, 'options={"require"', 'options={"verify_signature": False, "require"'),
    "aud of another": Code(
        tokens, "audience=issuer.audience,", "", (('options={"require"', 'options={"verify_aud": False, "require"'),)
    ),
    "iss of another": Code(tokens, "issuer=issuer.name,", ""),
    "expired": Code(tokens, "leeway=LEEWAY_SECONDS", "leeway=10**9"),
    "no exp": Code(
        tokens, '_REQUIRED = ("exp", "iss"', '_REQUIRED = ("iss"', (('claims["exp"] >', 'claims.get("exp", 0) >'),)
    ),
    "lives longer than a day": Code(tokens, "+ issuer.longest_seconds +", "+ 10 * issuer.longest_seconds +"),
    "10 kB": Code(tokens, "LONGEST_TOKEN = 8192", "LONGEST_TOKEN = 10**7"),
    "typ swapped": Code(tokens, 'if str(header.get("typ", "JWT")).lower() not in _TYPES:', "if False:"),
    "a workspace of others": Code(platform, ".filter(workspace_id=name)", ".all()"),
    "somebody who was switched off": Code(platform, ", user__is_active=True", ""),
    "suspended workspace": Code(authentication, "if workspace.suspended_at is not None:", "if False:"),
}
"""The forgery that must be noticed to get in, and what is taken away for it."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with closing(Platform(tmp_path_factory.mktemp("platform"))) as made:
        yield made


@pytest.fixture
def scene(shared: Platform, settings: Settings, committed: Postgres) -> Scene:
    for name, value in shared.settings.items():
        setattr(settings, name, value)
    settings.ATELIER_RATE_LIMITS = False
    platform._ring.cache_clear()
    return make_scene(shared)


def test_without_its_guard_each_forgery_gets_in(scene: Scene, committed: Postgres) -> None:
    told = {}
    for name, missing in GUARDS.items():
        text = FORGERIES[name][1](scene)
        assert Caller(scene.workspace, text).get("/account").status_code == FORGERIES[name][0][0], name
        with missing.applied(committed.superuser_url):
            told[name] = Caller(scene.workspace, text).get("/account").status_code
    assert told == dict.fromkeys(GUARDS, 200)


def test_a_parser_that_takes_names_twice_lets_the_double_claim_in(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(scene.workspace, FORGERIES["claim twice"][1](scene))
    assert caller.get("/account").status_code == 401
    monkeypatch.setattr(parsers, "_Members", lambda: dict)
    assert caller.get("/account").status_code == 200


def test_without_the_checksum_a_mistyped_key_costs_a_query(scene: Scene, committed: Postgres) -> None:
    text = keys.make_key().text
    caller = Caller(scene.workspace, text[:-1] + ("0" if text[-1] != "0" else "1"))
    assert count(caller) == 0
    with Code(keys, "or _checksum(found[1] + found[2]) != found[3]", "").applied(committed.superuser_url):
        assert count(caller) == 1


def count(caller: Caller) -> int:
    """Queries of a refused request."""
    with CaptureQueriesContext(connection) as asked:
        assert caller.get("/account").status_code == 401
    return len(asked)
