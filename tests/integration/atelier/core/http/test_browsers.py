"""Pages of other origins: preflights are answered without a key, and only for origins that the operator named."""

from __future__ import annotations

import pytest

from tests.integration.conftest import ORIGIN
from tests.integration.generation.api.caller import SMALL, Caller
from tests.support.exchange import BASE, Answered, ask
from tests.support.stories import open_workspace, start_worker


@pytest.fixture
def customer(committed: object) -> Caller:
    start_worker()
    return Caller.of(open_workspace("one"))


def preflight(port: int, path: str, method: str, origin: str, headers: str = "authorization") -> Answered:
    named = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return ask(port, path, method="OPTIONS", Origin=origin, **named)


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/generate", "POST", "authorization,content-type,idempotency-key,prefer"),
        ("/projects/gen_abcdefghijklmnopqrst", "DELETE", "authorization"),
        ("/projects/gen_abcdefghijklmnopqrst/events", "GET", "authorization,last-event-id,cache-control"),
        ("/account", "GET", "authorization,x-request-id"),
    ],
)
def test_a_preflight_needs_no_key(gunicorn: tuple[int, int], path: str, method: str, headers: str) -> None:
    answer = preflight(gunicorn[0], BASE + path, method, ORIGIN, headers)
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert method in answer.headers["Access-Control-Allow-Methods"]
    assert set(headers.split(",")) <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert "origin" in answer.headers["Vary"].lower()


def test_a_page_reads_the_answer_and_the_headers_it_needs(gunicorn: tuple[int, int], customer: Caller) -> None:
    path = f"{BASE}/generate"
    answer = ask(gunicorn[0], path, customer.key, method="POST", body=SMALL, Origin=ORIGIN)
    assert answer.status == 202
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    shown = {name.lower() for name in answer.headers["Access-Control-Expose-Headers"].split(", ")}
    assert {"location", "ratelimit", "x-request-id", "retry-after"} <= shown
    assert "Access-Control-Allow-Credentials" not in answer.headers
    refused = ask(gunicorn[0], f"{BASE}/account", "atl_live_wrong", Origin=ORIGIN)
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, ORIGIN)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"]
)
def test_other_origins_get_nothing(gunicorn: tuple[int, int], customer: Caller, origin: str) -> None:
    for answer in (
        preflight(gunicorn[0], f"{BASE}/generate", "POST", origin),
        ask(gunicorn[0], f"{BASE}/account", customer.key, Origin=origin),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_pages_of_people_are_for_no_other_origin(gunicorn: tuple[int, int], customer: Caller) -> None:
    assert "Access-Control-Allow-Origin" not in ask(gunicorn[0], "/admin/login/", Origin=ORIGIN).headers


def test_without_origins_there_is_no_cors(waitress: int, customer: Caller) -> None:
    answer = ask(waitress, f"{BASE}/account", customer.key, Origin=ORIGIN)
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
