"""Answers that no view makes: unknown URLs and methods, foreign hosts, sessions, crashes, a database that is away."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client

from atelier.accounts.models import Membership
from atelier.core.http.request_ids import NamesRequest
from atelier.stacks.postgres import Postgres
from generation.api import views
from generation.models import Generation
from tests.integration.generation.api.caller import BASE, SMALL, Caller, code
from tests.support.installation import wait_until


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", ["/nope", f"{BASE}/nope", f"{BASE}/projects/", f"{BASE}/generate/", "/%00", "/\u2603"])
def test_an_unknown_url_is_a_problem(client: Client, path: str) -> None:
    assert code(client.get(path), 404) == "unknown_path"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "GET", "OPTIONS", "TRACE", "DELETE"])
def test_a_method_that_is_not_served_is_a_problem_that_names_those_that_are(api: Caller, method: str) -> None:
    answer = api.call(method, "/generate")
    assert code(answer, 405) == "method_not_allowed"
    assert answer.headers["Allow"] == "POST"


def test_an_accept_header_that_no_answer_fits_is_a_problem(api: Caller) -> None:
    assert code(api.get("/account", Accept="text/html"), 406) == "not_acceptable"
    assert api.get("/account", Accept="text/html, */*;q=0.1").status_code == 200


def test_a_foreign_host_is_a_problem(client: Client) -> None:
    answer = client.get(f"{BASE}/health/live", headers={"Host": "evil.example"})
    assert code(answer, 400) == "invalid_host"
    assert b"evil" not in answer.content


def test_an_unexpected_error_is_logged_and_its_text_stays_inside(
    api: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(views, "read_page", explode)
    monkeypatch.setattr(caplog.handler, "filters", [NamesRequest()])
    with caplog.at_level(logging.ERROR):
        answer = api.get("/projects")
    assert code(answer, 500) == "internal_error"
    assert b"secret" not in answer.content
    record = next(record for record in caplog.records if record.exc_info)
    assert record.request_id == answer.headers["X-Request-Id"]


def test_a_callers_request_id_is_kept_when_it_is_harmless(api: Caller) -> None:
    kept = api.get("/account", X_Request_Id="trace-0123456789")
    assert kept.headers["X-Request-Id"] == "trace-0123456789"
    for odd in ("short", "x" * 65, "new\tline!", "a b c d e f"):
        assert api.get("/account", X_Request_Id=odd).headers["X-Request-Id"].startswith("req_")


def test_answers_of_the_api_are_private_and_load_nothing(api: Caller) -> None:
    headers = api.post().headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_a_member_may_use_the_api_with_a_session_but_not_without_its_csrf_token(api: Caller) -> None:
    user = get_user_model().objects.create_user("ada", password="a long password")
    Membership.objects.create(workspace=api.workspace, user=user)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.get(f"{BASE}/account").json()["workspaceId"] == api.workspace.id
    refused = browser.post(f"{BASE}/generate", SMALL, "application/json")
    assert code(refused, 403) == "forbidden"
    browser.get("/admin/login/")
    token = browser.cookies["csrftoken"].value if "csrftoken" in browser.cookies else ""
    accepted = browser.post(f"{BASE}/generate", SMALL, "application/json", headers={"X-CSRFToken": token})
    assert token and accepted.status_code == 202
    assert Generation.objects.get().actor == f"user:{user.pk}"


def test_a_person_without_a_workspace_is_nobody(committed: object) -> None:
    browser = Client()
    browser.force_login(get_user_model().objects.create_user("eve", password="a long password"))
    assert code(browser.get(f"{BASE}/account"), 401) == "not_authenticated"


def test_a_suspended_workspace_is_told_so(api: Caller) -> None:
    type(api.workspace).objects.update(suspended_at="2026-01-01T00:00:00Z")
    assert code(api.get("/account"), 403) == "workspace_suspended"


def test_a_database_that_is_away_is_a_503_and_nothing_is_lost(api: Caller, postgres: Postgres, client: Client) -> None:
    generation_id = api.generate()
    connections.close_all()  # as a server does after each request
    postgres.stop("immediate")
    try:
        answer = api.get(f"/projects/{generation_id}")
        assert code(answer, 503) == "database_unavailable"
        assert answer.headers["Retry-After"] == "2"
        assert code(api.post(), 503) == "database_unavailable"
        ready = client.get("/health/ready")
        assert code(ready, 503) == "not_ready"
        assert "database" in ready.json()["reasons"]
        assert client.get("/health/live").status_code == 200
    finally:
        postgres.start()
    connections.close_all()
    # The pool tries again within its own pauses, which end after 5 s.
    wait_until(lambda: api.get(f"/projects/{generation_id}").status_code == 200, "the database is used again")


def test_the_service_says_that_it_is_ready(api: Caller, client: Client) -> None:
    for path in ("/health/live", "/health/ready", f"{BASE}/health/ready"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_storage_that_cannot_be_written_is_a_reason(
    api: Caller, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from atelier.site import health

    class Full:
        def put(self, *_: object) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(health, "get_blobs", Full)
    monkeypatch.setattr(health, "_storage", health._StorageProbe())
    answer = client.get("/health/ready")
    assert code(answer, 503) == "not_ready"
    assert list(answer.json()["reasons"]) == ["storage"]


def test_the_first_page_says_what_to_do_next(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "/api/v1/atelier/generate" in page and 'href="/docs"' in page


@pytest.mark.parametrize("path", ["/docs", "/docs/", f"{BASE}/docs"])
def test_the_reference_loads_from_this_server_alone(client: Client, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src" not in policy and "default-src 'self'" in policy
    page = answer.content.decode()
    assert "http" not in page.replace("http-equiv", "")
    assets = [part.split('"')[0] for part in page.split('src="')[1:] + page.split('href="')[1:]]
    for asset in assets:
        assert client.get(asset).status_code == 200, asset


def test_every_code_can_be_read_about(client: Client) -> None:
    page = client.get("/docs/errors").content.decode()
    problem = client.get("/openapi.json").json()["components"]["schemas"]["Problem"]
    codes = problem["properties"]["code"]["x-extensible-enum"]
    for name in codes:
        assert f'id="{name}"' in page


def test_the_openapi_document_is_cached_by_its_tag(client: Client) -> None:
    first = client.get("/openapi.json")
    assert json.loads(first.content)["openapi"].startswith("3.1")
    assert client.get(f"{BASE}/openapi.json").content == first.content
    assert client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
