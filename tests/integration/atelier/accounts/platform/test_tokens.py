"""Tokens of the platform: the right ones open exactly what their subject may, all others nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from atelier.accounts.models import Membership
from atelier.accounts.platform import authentication as platform
from atelier.accounts.platform import keyring
from tests.integration.atelier.accounts.platform.forgeries import FORGERIES, Scene
from tests.integration.generation.api.caller import Caller, code
from tests.support.platform import Platform, SigningKey, claims
from tests.support.receivers import Reply
from tests.support.stories import open_workspace, query, start_worker

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with closing(Platform(tmp_path_factory.mktemp("platform"))) as made:
        yield made


@pytest.fixture
def scene(shared: Platform, settings: Settings, committed: object) -> Scene:
    """Mira edits in one workspace, and in one that is suspended."""
    for name, value in shared.settings.items():
        setattr(settings, name, value)
    settings.ATELIER_RATE_LIMITS = False
    platform._ring.cache_clear()
    shared.answer = None
    del shared.keys[3:]
    return make_scene(shared)


def make_scene(shared: Platform) -> Scene:
    one, other, shut = open_workspace("one"), open_workspace("other"), open_workspace("shut")
    mira, gone = User.objects.create_user("mira"), User.objects.create_user("gone", is_active=False)
    for person, workspace in ((mira, one), (mira, shut), (gone, one)):
        Membership.objects.create(workspace=workspace, user=person, role="editor")
    query("UPDATE accounts_workspace SET suspended_at = clock_timestamp() WHERE id = %s RETURNING 1", shut.id)
    start_worker()
    return Scene(shared, one, other, shut)


def everything() -> list[tuple[str, str]]:
    """A digest of every row of every table."""
    tables = [name for (name,) in query("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")]
    digest = "SELECT '{0}', coalesce(md5(string_agg(t::text, ' ' ORDER BY t::text)), '') FROM {0} t"
    return query(" UNION ALL ".join(digest.format(name) for name in tables))


@pytest.mark.parametrize("kid", ["rsa-1", "ec-1", "ed-1"])
def test_a_token_of_each_algorithm_acts_for_its_subject(scene: Scene, kid: str) -> None:
    caller = Caller(scene.workspace, scene.platform.key(kid).sign(scene.says()))
    caller.generate()
    assert query("SELECT workspace_id, actor FROM generation_generation") == [(scene.workspace.id, "platform:mira")]
    assert code(caller.get("/api-keys"), 403) == "missing_permission"


def test_one_audience_of_several_and_clocks_that_differ_a_little_are_right(scene: Scene) -> None:
    now = claims("")["iat"]
    for other in ({"aud": ["billing", "atelier"]}, {"iat": now + 5, "nbf": now + 5}, {"exp": now - 3}):
        assert Caller(scene.workspace, scene.rsa.sign(scene.says(**other))).get("/account").status_code == 200


def test_what_is_not_meant_for_us_opens_nothing_and_touches_no_row(scene: Scene) -> None:
    before, told = everything(), {}
    for name, (_, make) in FORGERIES.items():
        answer = Caller(scene.workspace, make(scene)).post()
        told[name] = (answer.status_code, answer.json()["code"])
        assert ('error="invalid_token"' in answer.headers.get("WWW-Authenticate", "")) == (answer.status_code == 401)
    assert told == {name: expected for name, (expected, _) in FORGERIES.items()}
    assert everything() == before


def test_the_matrix_has_its_thirty_cases() -> None:
    assert len(FORGERIES) >= 30


def test_a_refused_token_never_asks_the_database(scene: Scene, django_assert_num_queries: object) -> None:
    text = scene.rsa.sign(scene.says())[:-4]
    with django_assert_num_queries(0):  # type: ignore[operator]
        code(Caller(scene.workspace, text).get("/account"), 401)


def test_the_platform_may_give_the_role_where_operators_say_so(scene: Scene, settings: Settings) -> None:
    settings.ATELIER_JWT_ROLE_CLAIM = "atelier_role"
    for role, path, status in (("viewer", "/account", 200), ("viewer", "/api-keys", 403), ("admin", "/api-keys", 200)):
        text = scene.rsa.sign(scene.says(sub="not known here", atelier_role=role))
        assert Caller(scene.workspace, text).get(path).status_code == status
    for role in ("root", "*"):
        text = scene.rsa.sign(scene.says(atelier_role=role))
        assert code(Caller(scene.workspace, text).get("/account"), 403) == "not_a_member"
    assert code(Caller(scene.workspace, scene.rsa.sign(scene.says())).get("/account"), 401) == "invalid_token"


def test_who_lost_the_membership_is_out_at_once(scene: Scene) -> None:
    caller = Caller(scene.workspace, scene.rsa.sign(scene.says()))
    assert caller.get("/account").status_code == 200
    Membership.objects.filter(workspace=scene.workspace).delete()
    assert code(caller.get("/account"), 403) == "not_a_member"


def test_where_no_platform_is_configured_its_tokens_are_refused(scene: Scene, settings: Settings) -> None:
    settings.ATELIER_JWT_JWKS_URL = ""
    assert code(Caller(scene.workspace, scene.rsa.sign(scene.says())).get("/account"), 401) == "not_authenticated"


def test_keys_are_fetched_once_and_again_for_a_new_one(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = scene.platform.asked
    for _ in range(5):
        assert Caller(scene.workspace, scene.rsa.sign(scene.says())).get("/account").status_code == 200
    assert scene.platform.asked == asked + 1
    scene.platform.keys.append(SigningKey("rotated"))
    turned = Caller(scene.workspace, scene.platform.key("rotated").sign(scene.says()))
    for _ in range(5):
        assert code(turned.get("/account"), 401) == "invalid_token"
    assert scene.platform.asked == asked + 1
    monkeypatch.setattr(keyring, "PAUSE_SECONDS", 0.0)
    assert turned.get("/account").status_code == 200
    assert scene.platform.asked == asked + 2


@pytest.mark.parametrize(
    "answer",
    [
        Reply(500),
        Reply(302, {"Location": "https://evil.example/"}),
        Reply(body=b"{}"),
        Reply(body=b"no json"),
        Reply(body=b'{"keys": [' + b" " * 200_000 + b"]}"),
        Reply(body=b'{"keys": [' + b"{}," * 60 + b"{}]}"),
    ],
    ids=["500", "redirect", "no keys", "no json", "200 kB", "61 keys"],
)
def test_without_the_platforms_keys_nobody_knows(scene: Scene, answer: Reply) -> None:
    scene.platform.answer = answer
    caller = Caller(scene.workspace, scene.rsa.sign(scene.says()))
    refused = caller.get("/account")
    assert code(refused, 503) == "token_keys_unavailable"
    assert refused.headers["Retry-After"] == "10"
    asked = scene.platform.asked
    assert code(caller.get("/account"), 503) == "token_keys_unavailable"
    assert scene.platform.asked == asked


def test_keys_at_hand_serve_while_the_platform_is_away(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller(scene.workspace, scene.rsa.sign(scene.says()))
    assert caller.get("/account").status_code == 200
    scene.platform.answer = Reply(503)
    monkeypatch.setattr(keyring, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(keyring, "FRESH_SECONDS", 0.0)
    assert caller.get("/account").status_code == 200
    unknown = Caller(scene.workspace, scene.rsa.sign(scene.says(), kid="new"))
    assert code(unknown.get("/account"), 503) == "token_keys_unavailable"
    monkeypatch.setattr(keyring, "STALE_SECONDS", 0.0)
    assert code(caller.get("/account"), 503) == "token_keys_unavailable"


def test_a_server_with_a_foreign_certificate_is_not_believed(scene: Scene, settings: Settings) -> None:
    settings.ATELIER_JWT_CA_FILE = ""
    caller = Caller(scene.workspace, scene.rsa.sign(scene.says()))
    assert code(caller.get("/account"), 503) == "token_keys_unavailable"


def test_no_key_is_fetched_for_what_is_no_token(scene: Scene) -> None:
    asked = scene.platform.asked
    for name in ("alg none", "embedded jwk", "kid as SQL", "10 kB", "no exp", "two tokens"):
        code(Caller(scene.workspace, FORGERIES[name][1](scene)).get("/account"), 401)
    assert scene.platform.asked == asked


def test_a_session_never_saves_a_request_with_a_bad_token(scene: Scene, client: object) -> None:
    client.force_login(User.objects.get(username="mira"))  # type: ignore[attr-defined]
    headers = {"Authorization": f"Bearer {FORGERIES['alg none'][1](scene)}"}
    assert code(client.get("/api/v1/atelier/account", headers=headers), 401) == "invalid_token"  # type: ignore[attr-defined]


def test_the_token_stands_nowhere_afterwards(scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    text = scene.rsa.sign(scene.says())
    Caller(scene.workspace, text).generate()
    code(Caller(scene.workspace, text[:-4]).get("/account"), 401)
    signature = text.rpartition(".")[2][:40]
    for (table,) in query("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"):
        assert query(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", f"%{signature}%") == [(0,)], table
    assert signature not in "".join(capfd.readouterr())
