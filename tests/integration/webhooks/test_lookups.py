"""No request thread waits for a stranger's name server: one that never answers stops nobody, at the real server."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_django import Settings

from atelier.accounts.services import create_api_key
from atelier.core.outbound.checks import DOOR_LOOKUPS, DOOR_SECONDS
from tests.support.client import Answer, Api, fetch
from tests.support.served import served
from tests.support.stories import open_workspace, start_worker

MANY = 32
SILENT = {"url": "https://silent.example/hook"}


@pytest.fixture
def base(committed: object, settings: Settings) -> Iterator[str]:
    """The real server, whose name server takes every question and answers none."""
    start_worker()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent, served() as base:
        silent.bind(("127.0.0.1", 0))
        settings.ATELIER_WEBHOOK_NAMESERVERS = [f"127.0.0.1:{silent.getsockname()[1]}"]
        yield base


def probe(base: str, seconds: float) -> float:
    """The longest that /health/live took meanwhile."""
    until, longest = time.monotonic() + seconds, 0.0
    while time.monotonic() < until:
        answer = fetch("GET", f"{base}/health/live")
        assert answer.status == 200
        longest = max(longest, answer.seconds)
        time.sleep(0.02)
    return longest


def crowd(base: str) -> list[Api]:
    return [Api(base, create_api_key(workspace=open_workspace(f"w{n}"), name="k")[1]) for n in range(MANY)]


def test_a_generation_with_a_webhook_waits_for_no_name_server(base: str) -> None:
    body = {"prompt": "an apple", "dimensions": {"width": 64, "height": 64}, "webhook": SILENT}
    callers = crowd(base)
    with ThreadPoolExecutor(MANY) as threads:
        asked = [threads.submit(api.call, "POST", "/generate?dryRun=true", body) for api in callers]
        longest = probe(base, 2.0)
        answers = [one.result() for one in asked]
    assert {answer.status for answer in answers} == {200}
    assert longest < 3.0 and max(answer.seconds for answer in answers) < 6.0


def test_making_endpoints_waits_in_few_threads_and_not_for_long(base: str) -> None:
    def make(api: Api) -> Answer:
        return api.call("POST", "/webhook-endpoints", SILENT)

    callers = crowd(base)
    with ThreadPoolExecutor(MANY) as threads:
        asked = [threads.submit(make, api) for api in callers]
        longest = probe(base, 2.0)
        answers = [one.result() for one in asked]
    codes = [answer.code for answer in answers]
    assert set(codes) == {"address_not_allowed", "lookups_busy"}
    assert DOOR_LOOKUPS <= codes.count("address_not_allowed") < MANY / 2
    assert longest < 3.0 and max(answer.seconds for answer in answers) < DOOR_SECONDS + 3.0
