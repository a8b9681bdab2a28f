"""Health and metrics as a load balancer asks for them: by address, often, and also while a part hangs."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from atelier.site import health
from tests.integration.conftest import METRICS_TOKEN
from tests.support.exchange import BASE, ask
from tests.support.installation import wait_until

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def metrics(settings: Settings) -> None:
    settings.ATELIER_METRICS_TOKEN = METRICS_TOKEN


@pytest.mark.parametrize("host", ["10.1.2.3", "10.1.2.3:8000", "evil.example", "a_b", "[::1", ""])
@pytest.mark.parametrize("path", ["/health/live", "/health/ready", f"{BASE}/health/live", "/metrics"])
def test_a_probe_is_answered_whatever_its_host(port: int, path: str, host: str) -> None:
    assert ask(port, path, METRICS_TOKEN, Host=host).status == 200
    assert ask(port, path, METRICS_TOKEN, method="HEAD", Host=host).status == 200


@pytest.mark.parametrize("path", [f"{BASE}/account", "/docs", "/health/other", "/admin/"])
def test_everything_else_wants_a_host_that_is_served(port: int, path: str) -> None:
    answer = ask(port, path, Host="evil.example")
    assert (answer.status, answer.json()["code"]) == (400, "invalid_host")


def test_a_foreign_host_is_one_line_in_the_log(gunicorn: tuple[int, int], web_log: Path) -> None:
    began = web_log.stat().st_size
    ask(gunicorn[0], "/docs", Host="evil.example")
    lines = [json.loads(line) for line in web_log.read_text()[began:].splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["logger"].startswith("django.security")]
    assert line["level"] == "warning" and "traceback" not in line


class Hanging:
    """A store that takes a connection and says nothing."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def put(self, *_: Any) -> None:
        self.let_go.wait(60)

    delete = put


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Any:
    store = Hanging()
    monkeypatch.setattr(health, "get_blobs", lambda: store)
    monkeypatch.setitem(
        health.PROBES,
        "storage",
        health.Probe(health._storage, every=0.2, stale=1.0, silence="Storage does not answer."),
    )
    yield store
    store.let_go.set()


def test_a_store_that_hangs_holds_no_request(waitress: int, hanging: Hanging) -> None:
    assert ask(waitress, "/health/ready").status == 503
    time.sleep(1.2)

    def once(_: int) -> tuple[int, float, list[str]]:
        began = time.monotonic()
        answer = ask(waitress, "/health/ready")
        return answer.status, time.monotonic() - began, list(answer.json()["reasons"])

    with ThreadPoolExecutor(32) as threads:
        began = time.monotonic()
        live = [threads.submit(ask, waitress, "/health/live") for _ in range(16)]
        assert all(future.result().status == 200 for future in live)
        assert time.monotonic() - began < 5
    hanging.let_go.set()
    wait_until(lambda: ask(waitress, "/health/ready").status == 200, "storage is back")
    hanging.let_go.clear()
    time.sleep(1.5)
    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(once, range(64)))
    assert {status for status, _, _ in answers} == {503}
    assert {tuple(reasons) for _, _, reasons in answers} == {("storage",)}
    assert max(seconds for _, seconds, _ in answers) < 2.0
    assert int(ask(waitress, "/health/ready").headers["Age"]) >= 1
