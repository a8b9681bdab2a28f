"""The books as CSV through the real servers, which know no tenant once a request has been answered."""

from __future__ import annotations

import csv
import http.client
import json

import pytest
from django.db import connection
from django.http.response import StreamingHttpResponse

from atelier.stacks.ports import HOST
from billing.api import views
from billing.services.adjustments import adjust_credits
from tests.integration.generation.api.caller import BASE, Caller
from tests.support.stories import open_workspace

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def customer(monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Twelve entries beside those of another workspace."""
    open_workspace("other", credits=7)
    workspace = open_workspace("one", "professional", credits=100)
    for number in range(11):
        adjust_credits(workspace_id=workspace.id, amount=-1, reason=f"slip {number}", actor="user:1")
    return Caller.of(workspace)


def fetch(port: int, path: str, key: str, **headers: str) -> tuple[int, str]:
    exchange = http.client.HTTPConnection(HOST, port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    exchange.request("GET", BASE + path, headers={"Authorization": f"Bearer {key}"} | named)
    answer = exchange.getresponse()
    return answer.status, answer.read().decode()


def test_the_csv_has_the_entries_of_the_json(port: int, customer: Caller) -> None:
    told = json.loads(fetch(port, "/account/ledger", customer.key)[1])["entries"]
    lines = list(csv.DictReader(fetch(port, "/account/ledger?format=csv", customer.key)[1].splitlines()))
    assert len(lines) == 12
    assert [line["id"] for line in lines] == [entry["id"] for entry in told]
    assert fetch(port, "/account/usage?format=csv", customer.key)[0] == 200


def test_pages_join_without_a_gap(customer: Caller, monkeypatch: pytest.MonkeyPatch, waitress: int) -> None:
    monkeypatch.setattr(views, "CSV_PAGE", 5)
    text = fetch(waitress, "/account/ledger?format=csv", customer.key)[1]
    assert [line["place"] for line in csv.DictReader(text.splitlines())] == [str(n) for n in range(12, 0, -1)]


def test_a_slow_reader_holds_no_connection_of_the_pool(customer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "CSV_PAGE", 5)
    answer = customer.get("/account/ledger?format=csv")
    assert isinstance(answer, StreamingHttpResponse)
    parts = iter(answer.streaming_content)
    for _ in range(3):
        next(parts)
        assert connection.connection is None
    answer.close()
