"""What a workspace reads about its credits: entries with the running balance, usage by key and day, CSV."""

from __future__ import annotations

import csv

import pytest

from atelier.core.db.tenancy import no_tenant
from billing.services.adjustments import adjust_credits, refund_credits
from billing.services.holds import place_hold, resolve_hold
from tests.integration.generation.api.caller import Caller, code
from tests.support.stories import open_workspace

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def customer() -> Caller:
    """100 given; 8 held by a key, of which 5 were captured and 2 given back; 3 taken by an operator."""
    workspace = open_workspace("one", "professional", credits=100)
    place_hold(workspace_id=workspace.id, amount=8, reference="gen_a", actor="key_a")
    resolve_hold(reference="gen_a", captured=5)
    refund_credits(
        workspace_id=workspace.id, reference="gen_a", amount=2, reason="=blurred()", actor="user:1", idempotency_key="r"
    )
    adjust_credits(workspace_id=workspace.id, amount=-3, reason="a slip", actor="user:1")
    return Caller.of(workspace)


def test_every_entry_carries_what_could_be_spent_after_it(customer: Caller) -> None:
    ledger = customer.get("/account/ledger").json()
    assert [(one["kind"], one["change"], one["balance"]) for one in ledger["entries"]] == [
        ("deduct", -3, 94),
        ("refund", 2, 97),
        ("release", 3, 95),
        ("capture", 0, None),
        ("hold", -8, 92),
        ("grant", 100, 100),
    ] or [one["kind"] for one in ledger["entries"]][2:4] == ["capture", "release"]
    assert (ledger["openingBalance"], ledger["closingBalance"], ledger["nextCursor"]) == (0, 94, None)
    assert ledger["totals"]["capture"] == {"credits": 5, "transfers": 1}


def test_pages_follow_each_other(customer: Caller) -> None:
    seen, cursor = [], ""
    while True:
        page = customer.get(f"/account/ledger?limit=4{cursor}").json()
        seen += [one["place"] for one in page["entries"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == [6, 5, 4, 3, 2, 1]


def test_usage_is_told_by_key_and_day(customer: Caller) -> None:
    (row,) = customer.get("/account/usage").json()["usage"]
    assert (row["actor"], row["creditsCaptured"], row["creditsRefunded"], row["deliveries"]) == ("key_a", 5, 2, 1)


def test_both_can_be_taken_home_as_csv_that_runs_nothing(customer: Caller) -> None:
    answer = customer.get("/account/ledger?format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    assert len(rows) == 6
    assert rows[1]["note"] == "'=blurred()"
    usage = b"".join(customer.get("/account/usage?format=csv").streaming_content).decode()
    assert usage.splitlines()[0] == "day,actor,captured,refunded,deliveries"


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-13-01",
        "from=2026-02-30",
        "to=x",
        "from=2026-11-02&to=2026-11-01",
        "limit=0",
        "limit=501",
        "cursor=-1",
        "cursor=5",
        "cursor=1234",
        "format=xml",
        "from=2020-01-01",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(customer: Caller, query: str) -> None:
    assert code(customer.get(f"/account/ledger?{query}"), 400) == "invalid_parameter"


def test_another_workspace_sees_none_of_it(customer: Caller) -> None:
    stranger = Caller.of(open_workspace("two", "starter", credits=0))
    assert stranger.get("/account/ledger").json()["entries"] == []
    assert stranger.get("/account/usage").json() == {"usage": []}


def test_a_download_is_written_after_its_request_has_ended(customer: Caller) -> None:
    with no_tenant():
        answers = [customer.get(f"/account/{name}?format=csv") for name in ("ledger", "usage")]
        ledger, usage = (b"".join(answer.streaming_content).decode().splitlines() for answer in answers)
    assert (len(ledger), len(usage)) == (1 + 6, 1 + 1)
