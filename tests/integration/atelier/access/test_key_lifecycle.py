"""A key's life by the API: made, used, rotated with a day's overlap, ended; and every process knows at once."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from atelier.accounts.keys import make_key, parse_key
from atelier.stacks.ports import HOST, free_port
from tests.integration.generation.api.caller import BASE, Caller, code
from tests.support.stories import open_workspace, query

pytestmark = pytest.mark.usefixtures("committed", "no_limits")
ROOT = Path(__file__).parents[4]
WORKER = "atelier.site.gunicorn_worker.BufferedWorker"


@pytest.fixture
def owner(committed: object) -> Caller:
    return Caller.of(open_workspace())


def made(owner: Caller, **wanted: Any) -> tuple[str, Caller]:
    """A key's id, and who has it."""
    answer = owner.post({"name": "shop", **wanted}, "/api-keys")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"], Caller(owner.workspace, answer.json()["key"])


def rotated(owner: Caller, key_id: str) -> tuple[str, Caller]:
    answer = owner.post({}, f"/api-keys/{key_id}/rotate")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"], Caller(owner.workspace, answer.json()["key"])


def test_a_rotated_key_goes_on_for_a_day_beside_its_successor_and_then_ends(owner: Caller) -> None:
    old_id, old = made(owner, scopes=["account:read", "keys:read"], networks=["127.0.0.0/8"])
    new_id, new = rotated(owner, old_id)
    shown = {key["id"]: key for key in owner.get("/api-keys").json()["keys"]}
    assert shown[old_id]["replacedBy"] == new_id
    assert (shown[new_id]["scopes"], shown[new_id]["networks"]) == (shown[old_id]["scopes"], shown[old_id]["networks"])
    left = datetime.fromisoformat(shown[old_id]["expiresAt"]) - datetime.now(UTC)
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    assert [caller.get("/account").status_code for caller in (old, new)] == [200, 200]
    assert code(owner.post({}, f"/api-keys/{old_id}/rotate"), 409) == "key_ended"
    query("UPDATE accounts_apikey SET expires_at = expires_at - interval '24 hours' WHERE id = %s RETURNING 1", old_id)
    assert code(old.get("/account"), 401) == "not_authenticated"
    assert new.get("/account").status_code == 200
    assert owner.get(f"/api-keys/{old_id}").json()["state"] == "expired"


def test_rotation_never_gives_a_key_more_time_than_it_had(owner: Caller) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=2)).isoformat(timespec="seconds").replace("+00:00", "Z")
    old_id, _ = made(owner, expiresAt=soon)
    new_id, _ = rotated(owner, old_id)
    ends = [datetime.fromisoformat(owner.get(f"/api-keys/{one}").json()["expiresAt"]) for one in (old_id, new_id)]
    assert ends == [datetime.fromisoformat(soon)] * 2


def test_a_key_may_end_at_a_time_of_any_zone(owner: Caller) -> None:
    """PostgreSQL reads offsets up to 15:59 only; RFC 3339 allows 23:59."""
    key_id, _ = made(owner, expiresAt="2099-01-01T12:00:00+23:59")
    assert owner.get(f"/api-keys/{key_id}").json()["expiresAt"] == "2098-12-31T12:01:00.000Z"


def test_a_revoked_successor_does_not_bring_the_old_key_back_nor_end_it(owner: Caller) -> None:
    old_id, old = made(owner)
    new_id, new = rotated(owner, old_id)
    assert owner.call("DELETE", f"/api-keys/{new_id}").status_code == 204
    assert code(new.get("/account"), 401) == "not_authenticated"
    assert old.get("/account").status_code == 200
    assert owner.call("DELETE", f"/api-keys/{old_id}").status_code == 204
    assert code(old.get("/account"), 401) == "not_authenticated"


def test_a_key_shows_when_it_was_last_used(owner: Caller) -> None:
    key_id, key = made(owner)
    assert owner.get(f"/api-keys/{key_id}").json()["lastUsedAt"] is None
    key.get("/account")
    used = datetime.fromisoformat(owner.get(f"/api-keys/{key_id}").json()["lastUsedAt"])
    assert abs(datetime.now(UTC) - used) < timedelta(minutes=1)


def test_a_wrong_checksum_costs_no_query(committed: object, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    text = make_key().text
    wrong = text[:-1] + ("0" if text[-1] != "0" else "1")
    assert parse_key(text) is not None
    headers = {"Authorization": f"Bearer {wrong}"}
    with django_assert_num_queries(0):
        assert code(Client().get(f"{BASE}/account", headers=headers), 401) == "not_authenticated"


@contextmanager
def server() -> Iterator[int]:
    """The port of a web server in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "atelier.wsgi", "-k", WORKER, "-b", f"{HOST}:{port}"]
    running = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"ATELIER_LOG_LEVEL": "ERROR"})
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        running.terminate()
        running.wait(30)


def ask(port: int, key: str, method: str = "GET", path: str = "/account") -> int:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.request(method, BASE + path, headers={"Authorization": f"Bearer {key}"})
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_key_revoked_through_one_server_is_refused_by_the_next_request_to_another(owner: Caller) -> None:
    ids, keys = zip(*(made(owner) for _ in range(5)), strict=True)
    with ExitStack() as stack:
        one, two = (stack.enter_context(server()) for _ in range(2))
        for key_id, key in zip(ids, keys, strict=True):
            assert [ask(port, key.key) for port in (one, two, two)] == [200] * 3
            assert ask(one, owner.key, "DELETE", f"/api-keys/{key_id}") == 204
            assert [ask(port, key.key) for port in (two, one)] == [401] * 2
