"""Money under a crowd: processes that spend, end and grant the same thing at the same moment."""

from __future__ import annotations

import pytest
from django.db import transaction

from atelier.accounts.models import Workspace
from billing.selectors import list_unbalanced_accounts, trial_balance
from billing.services.grants import grant_credits
from billing.services.holds import HoldAlreadyResolved, place_hold, resolve_hold
from billing.services.transfers import InsufficientCredits
from tests.support.processes import at_once, call
from tests.support.stories import open_workspace, query

pytestmark = pytest.mark.usefixtures("committed")


def balances() -> dict[str, int]:
    assert trial_balance() == 0
    assert list_unbalanced_accounts() == []
    return dict(query("SELECT kind, sum(balance)::int FROM billing_account GROUP BY kind"))


def spend_many(workspace_id: str, spender: int, times: int) -> int:
    """How many of `times` holds of one credit are granted."""
    granted = 0
    for number in range(times):
        try:
            with transaction.atomic():
                place_hold(workspace_id=workspace_id, amount=1, reference=f"gen_{spender}_{number}")
        except InsufficientCredits:
            continue
        granted += 1
    return granted


def end_all(references: list[str], captured: int) -> tuple[int, int]:
    """End every hold; (ends that this process was told are its own way, ends that went another way)."""
    mine = others = 0
    for reference in references:
        try:
            with transaction.atomic():
                resolve_hold(reference=reference, captured=captured)
        except HoldAlreadyResolved:
            others += 1
        else:
            mine += 1
    return mine, others


def test_eight_processes_never_spend_a_credit_twice() -> None:
    workspace: Workspace = open_workspace(credits=50)
    spenders = [call(spend_many, workspace_id=workspace.id, spender=number, times=20) for number in range(8)]
    assert sum(one.value for one in at_once(spenders)) == 50
    assert balances() == {"available": 0, "held": 50, "earned": 0, "granted": -50}


@pytest.mark.prove
def test_of_3000_attempts_of_32_processes_on_1000_credits_exactly_1000_win() -> None:
    workspace: Workspace = open_workspace(credits=1000)
    spenders = [call(spend_many, workspace_id=workspace.id, spender=number, times=94) for number in range(32)]
    outcomes = at_once(spenders)
    assert {one.error for one in outcomes} == {""}
    assert sum(one.value for one in outcomes) == 1000
    assert balances() == {"available": 0, "held": 1000, "earned": 0, "granted": -1000}


@pytest.mark.prove
def test_200_holds_that_eight_processes_end_at_once_end_once_each() -> None:
    workspace = open_workspace(credits=400)
    references = [f"gen_{number}" for number in range(200)]
    for reference in references:
        place_hold(workspace_id=workspace.id, amount=2, reference=reference)
    outcomes = at_once([call(end_all, references=references, captured=number % 3) for number in range(8)])
    assert {one.error for one in outcomes} == {""}
    assert query("SELECT count(*) FROM billing_holdoutcome") == [(200,)]
    assert balances()["held"] == 0


def test_a_hold_that_is_captured_and_released_at_once_ends_one_way() -> None:
    workspace = open_workspace(credits=20)
    references = [f"gen_{number}" for number in range(10)]
    for reference in references:
        place_hold(workspace_id=workspace.id, amount=2, reference=reference)
    outcomes = at_once([call(end_all, references=references, captured=2 * (number % 2)) for number in range(8)])
    assert {one.error for one in outcomes} == {""}
    rows = query("SELECT captured, released FROM billing_holdoutcome")
    assert len(rows) == 10
    captured = sum(row[0] for row in rows) // 2
    for number, one in enumerate(outcomes):
        expected = captured if number % 2 else 10 - captured
        assert one.value == (expected, 10 - expected)
    assert balances() == {"available": 20 - 2 * captured, "held": 0, "earned": 2 * captured, "granted": -20}


def test_a_single_hold_raced_for_ends_one_way() -> None:
    """With nothing else held, the loser meets an empty account before it meets the other's outcome."""
    workspace = open_workspace(credits=3)
    for number in range(4):
        reference = f"gen_{number}"
        place_hold(workspace_id=workspace.id, amount=1, reference=reference)
        racers = [call(end_all, references=[reference], captured=racer % 2) for racer in range(4)]
        assert {one.error for one in at_once(racers)} == {""}
        if balances()["available"] == 0:
            break
    assert balances()["held"] == 0


def grant_in_a_larger_change(workspace_id: str) -> str:
    with transaction.atomic():
        return grant_credits(workspace_id=workspace_id, amount=100, idempotency_key="june")


def test_a_grant_given_by_eight_processes_at_once_is_given_once() -> None:
    workspace = open_workspace(credits=0)
    outcomes = at_once([call(grant_in_a_larger_change, workspace_id=workspace.id)] * 8)
    assert {one.error for one in outcomes} == {""}
    assert len({one.value for one in outcomes}) == 1
    assert balances()["available"] == 100
