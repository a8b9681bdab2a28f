"""Who is asking: a key is known by its digest only, and a key, a person or a workspace can be shut out at once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from atelier.accounts.authentication import ApiKeyAuthentication, Caller, NotAuthenticated, WorkspaceSuspended
from atelier.accounts.keys import make_key
from atelier.accounts.models import ApiKey, Membership, Workspace
from atelier.accounts.services import create_api_key, revoke_api_key
from atelier.core.db.tenancy import no_tenant
from tests.support.processes import alone
from tests.support.stories import open_workspace, query

pytestmark = pytest.mark.usefixtures("committed")
ACCOUNT = "/api/v1/atelier/account"


@pytest.fixture
def workspace(committed: object) -> Workspace:
    return open_workspace()


@pytest.fixture
def issued(workspace: Workspace) -> tuple[ApiKey, str]:
    return create_api_key(workspace=workspace, name="laptop")


def caller_of(header: str) -> Caller | None:
    request = Request(APIRequestFactory().get("/", HTTP_AUTHORIZATION=header))
    with no_tenant():
        found = ApiKeyAuthentication().authenticate(request)
    return None if found is None else found[0]


def workspace_of(text: str) -> str:
    caller = caller_of(f"Bearer {text}")
    assert caller is not None
    return caller.workspace.id


def refusal_of(text: str) -> str:
    with pytest.raises(NotAuthenticated) as refused:
        caller_of(f"Bearer {text}")
    assert refused.value.headers == {"WWW-Authenticate": 'Bearer realm="atelier"'}
    return refused.value.detail


def test_a_key_speaks_for_its_workspace(issued: tuple[ApiKey, str]) -> None:
    key, text = issued
    for header in (f"Bearer {text}", f"bearer {text}", f"Bearer  {text} "):
        caller = caller_of(header)
        assert caller is not None
        assert (caller.workspace.id, caller.actor) == (key.workspace_id, key.id)


@pytest.mark.parametrize("change", ["short", "long", "case", "last", "space", "nul", "word", "wide", "empty", "huge"])
def test_what_is_no_key_is_refused_without_asking_the_database(
    issued: tuple[ApiKey, str], change: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text = issued[1]
    broken = {
        "short": text[:-1],
        "long": text + "a",
        "case": text.upper(),
        "last": text[:-1] + ("a" if text[-1] != "a" else "b"),
        "space": text[:20] + " " + text[20:],
        "nul": text + "\0",
        "word": "atl_live_",
        "wide": text[:-1] + "١",
        "empty": "",
        "huge": "atl_live_" + "a" * 100_000,
    }[change]
    with django_assert_num_queries(0):
        refusal_of(broken)


def test_an_invented_key_with_a_right_checksum_costs_one_query(
    workspace: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        refusal_of(make_key().text)


def test_the_same_refusal_for_unknown_wrong_expired_and_revoked(workspace: Workspace) -> None:
    told = {refusal_of(make_key().text)}
    expired, text = create_api_key(workspace=workspace, name="expired")
    query("UPDATE accounts_apikey SET expires_at = clock_timestamp() WHERE id = %s RETURNING 1", expired.id)
    told.add(refusal_of(text))
    revoked, text = create_api_key(workspace=workspace, name="revoked")
    revoke_api_key(key_id=revoked.id)
    told.add(refusal_of(text))
    stolen, text = create_api_key(workspace=workspace, name="stolen lookup")
    other = make_key()
    query("UPDATE accounts_apikey SET digest = %s WHERE id = %s RETURNING 1", other.digest, stolen.id)
    told.add(refusal_of(text))
    assert len(told) == 1


def test_a_revoked_key_is_refused_by_every_process_from_the_next_request_on(issued: tuple[ApiKey, str]) -> None:
    key, text = issued
    assert alone(workspace_of, text=text).value == key.workspace_id
    revoke_api_key(key_id=key.id)
    revoke_api_key(key_id=key.id)
    assert alone(workspace_of, text=text).error == "NotAuthenticated"
    refusal_of(text)


def test_two_keys_overlap_until_the_old_one_ends(workspace: Workspace) -> None:
    (old, old_text), (_, new_text) = (create_api_key(workspace=workspace, name=name) for name in ("old", "new"))
    query(
        "UPDATE accounts_apikey SET expires_at = clock_timestamp() + interval '24 hours' WHERE id = %s RETURNING 1",
        old.id,
    )
    assert workspace_of(old_text) == workspace_of(new_text) == workspace.id


def test_a_suspended_workspace_is_told_so_by_key_and_by_session(
    workspace: Workspace, issued: tuple[ApiKey, str]
) -> None:
    person = User.objects.create_user("mira", password="correct horse battery")
    Membership.objects.create(workspace=workspace, user=person)
    browser = Client()
    browser.force_login(person)
    assert browser.get(ACCOUNT).status_code == 200
    query("UPDATE accounts_workspace SET suspended_at = clock_timestamp() RETURNING 1")
    with pytest.raises(WorkspaceSuspended):
        caller_of(f"Bearer {issued[1]}")
    answer = browser.get(ACCOUNT)
    assert (answer.status_code, answer.json()["code"]) == (403, "workspace_suspended")


def test_a_person_without_a_workspace_and_nobody_at_all_are_not_let_in(committed: object) -> None:
    browser = Client()
    assert browser.get(ACCOUNT).status_code == 401
    browser.force_login(User.objects.create_user("tom", password="correct horse battery"))
    assert browser.get(ACCOUNT).status_code == 401


@pytest.mark.parametrize("header", ["", "Basic dXNlcjpwdw==", "Digest x", "Token atl_live_x"])
def test_other_schemes_are_left_to_others(committed: object, header: str) -> None:
    assert caller_of(header) is None


def test_the_key_stands_nowhere_in_the_database(issued: tuple[ApiKey, str]) -> None:
    _, text = issued
    workspace_of(text)
    secret = text.rsplit("_", 1)[1]
    for (table,) in query("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"):
        assert query(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", f"%{secret}%") == [(0,)], table


def test_use_is_noted_once_a_minute_and_not_with_every_request(
    issued: tuple[ApiKey, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _, text = issued
    with django_assert_num_queries(2):
        workspace_of(text)
    with django_assert_num_queries(1):
        workspace_of(text)
    query("UPDATE accounts_apikey SET last_used_at = last_used_at - interval '61 seconds' RETURNING 1")
    workspace_of(text)
    assert query("SELECT clock_timestamp() - last_used_at < interval '30 seconds' FROM accounts_apikey") == [(True,)]
