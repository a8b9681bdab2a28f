"""Every operation that changes something writes one audit row with it, or does not happen (reliability S11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from pytest_django import Settings

from atelier.accounts.models import Membership
from atelier.accounts.services import create_api_key
from atelier.stacks.postgres import Postgres
from tests.integration.atelier.access.operations import list_operations
from tests.integration.generation.api.caller import Caller
from tests.support.nameserver import NameServer
from tests.support.stories import open_workspace, query, start_worker
from webhooks.models import Delivery

Act = Callable[[], HttpResponseBase]
CHANGING = {str(one) for one in list_operations() if one.method in ("POST", "PUT", "PATCH", "DELETE")}
VOLATILE = {"accounts_tokenbucket", "django_session", "accounts_apikey"}
"""Not part of what is done: counters, and when a key was last used (its other columns are compared)."""


@pytest.fixture
def api(committed: object, no_limits: None, settings: Settings) -> Iterator[Caller]:
    """A workspace with credits; its webhooks lead to a name of ours, where nobody listens."""
    start_worker()
    names = NameServer()
    names.names["shop.example"] = ["127.0.0.1"]
    settings.ATELIER_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    settings.ATELIER_WEBHOOK_NAMESERVERS = [names.address]
    yield Caller.of(open_workspace())
    names.close()


def submit(api: Caller) -> Act:
    return api.post


def cancel(api: Caller) -> Act:
    generation_id = api.generate()
    return lambda: api.call("DELETE", f"/projects/{generation_id}")


def retry(api: Caller) -> Act:
    generation_id = api.generate()
    api.call("DELETE", f"/projects/{generation_id}")
    return lambda: api.post({}, f"/projects/{generation_id}/retry")


def issue_key(api: Caller) -> Act:
    return lambda: api.post({"name": "night"}, "/api-keys")


def _key(api: Caller) -> str:
    return create_api_key(workspace=api.workspace, name="old")[0].id


def revoke_key(api: Caller) -> Act:
    key_id = _key(api)
    return lambda: api.call("DELETE", f"/api-keys/{key_id}")


def rotate_key(api: Caller) -> Act:
    key_id = _key(api)
    return lambda: api.post({}, f"/api-keys/{key_id}/rotate")


def add_member(api: Caller) -> Act:
    return lambda: api.post({"user": "mira", "role": "editor"}, "/members")


def _member(api: Caller) -> int:
    return Membership.objects.create(workspace=api.workspace, user=User.objects.create_user("tom"), role="viewer").pk


def change_member(api: Caller) -> Act:
    member_id = _member(api)
    return lambda: api.call("PATCH", f"/members/{member_id}", {"role": "editor"})


def remove_member(api: Caller) -> Act:
    member_id = _member(api)
    return lambda: api.call("DELETE", f"/members/{member_id}")


def create_endpoint(api: Caller) -> Act:
    return lambda: api.post({"url": "https://shop.example/hook"}, "/webhook-endpoints")


def _endpoint(api: Caller) -> str:
    answer = create_endpoint(api)()
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def change_endpoint(api: Caller) -> Act:
    endpoint_id = _endpoint(api)
    return lambda: api.call("PATCH", f"/webhook-endpoints/{endpoint_id}", {"description": "other"})


def delete_endpoint(api: Caller) -> Act:
    endpoint_id = _endpoint(api)
    return lambda: api.call("DELETE", f"/webhook-endpoints/{endpoint_id}")


def rotate_secret(api: Caller) -> Act:
    endpoint_id = _endpoint(api)
    return lambda: api.post({}, f"/webhook-endpoints/{endpoint_id}/rotate-secret")


def send_test(api: Caller) -> Act:
    endpoint_id = _endpoint(api)
    return lambda: api.post({}, f"/webhook-endpoints/{endpoint_id}/test")


def _dead(api: Caller) -> tuple[str, str]:
    endpoint_id = _endpoint(api)
    assert api.post({}, f"/webhook-endpoints/{endpoint_id}/test").status_code < 300
    Delivery.objects.update(status="dead", ended_at=datetime.now(UTC))
    return endpoint_id, Delivery.objects.get().id


def redeliver(api: Caller) -> Act:
    endpoint_id, delivery_id = _dead(api)
    return lambda: api.post({}, f"/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/redeliver")


def replay(api: Caller) -> Act:
    endpoint_id, _ = _dead(api)
    span = {"from": datetime.now(UTC) - timedelta(hours=1), "until": datetime.now(UTC) + timedelta(hours=1)}
    body = {name: moment.isoformat() for name, moment in span.items()}
    return lambda: api.post(body, f"/webhook-endpoints/{endpoint_id}/replay")


CASES: dict[str, Callable[[Caller], Act]] = {
    "POST /generate": submit,
    "POST /projects/{generation_id}/retry": retry,
    "DELETE /projects/{generation_id}": cancel,
    "POST /api-keys": issue_key,
    "DELETE /api-keys/{key_id}": revoke_key,
    "POST /api-keys/{key_id}/rotate": rotate_key,
    "POST /members": add_member,
    "PATCH /members/{member_id}": change_member,
    "DELETE /members/{member_id}": remove_member,
    "POST /webhook-endpoints": create_endpoint,
    "PATCH /webhook-endpoints/{endpoint_id}": change_endpoint,
    "DELETE /webhook-endpoints/{endpoint_id}": delete_endpoint,
    "POST /webhook-endpoints/{endpoint_id}/rotate-secret": rotate_secret,
    "POST /webhook-endpoints/{endpoint_id}/test": send_test,
    "POST /webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/redeliver": redeliver,
    "POST /webhook-endpoints/{endpoint_id}/replay": replay,
}


def test_every_operation_that_changes_something_has_a_case() -> None:
    assert set(CASES) == CHANGING


def trail() -> list[tuple[Any, ...]]:
    return query("SELECT id, actor, workspace_id, facts::text FROM audit_auditentry ORDER BY id")


@pytest.mark.parametrize("operation", sorted(CASES))
def test_it_writes_one_row_that_names_who_and_whose(api: Caller, operation: str) -> None:
    act = CASES[operation](api)
    before = trail()
    answer = act()
    assert answer.status_code < 300, answer.content
    added = trail()[len(before) :]
    assert len(added) == 1, added
    assert (added[0][1][:4], added[0][2]) == ("key_", api.workspace.id)
    assert "apple" not in added[0][3]


@contextmanager
def no_audit(server: Postgres) -> Iterator[None]:
    """Nothing can be written into the audit trail."""
    with psycopg.connect(server.superuser_url, autocommit=True) as superuser:
        superuser.execute("REVOKE INSERT ON audit_auditentry FROM atelier_service")
        try:
            yield
        finally:
            superuser.execute("GRANT INSERT ON audit_auditentry TO atelier_service")


def everything() -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    tables = [name for (name,) in query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    rows = {
        table: [row for (row,) in query(f"SELECT t::text FROM {table} t ORDER BY 1")]
        for table in tables
        if table not in VOLATILE and table.split("_")[0] != "django"
    }
    return rows | {"keys": query("SELECT id, revoked_at, replaced_by FROM accounts_apikey ORDER BY 1")}


@pytest.mark.parametrize("operation", sorted(CASES))
def test_without_its_audit_row_it_does_not_happen(api: Caller, postgres: Postgres, operation: str) -> None:
    act = CASES[operation](api)
    before = everything()
    with no_audit(postgres):
        assert act().status_code == 500
    assert everything() == before
    assert act().status_code < 300
