"""Renewals, promotions, refunds, corrections, lines and stops: what each kind of transfer may do, and what not."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from atelier.accounts.models import Workspace
from atelier.core.db.database import database_now
from atelier.stacks.postgres import Postgres
from billing.models import Adjustment, AdjustmentDecision
from billing.selectors import get_balance, list_differences
from billing.services.adjustments import (
    AlreadyDecided,
    NothingCaptured,
    ReasonMissing,
    SecondPersonNeeded,
    adjust_credits,
    decide_adjustment,
    refund_credits,
)
from billing.services.checks import report_check
from billing.services.grants import expire_grants, grant_credits
from billing.services.holds import expire_holds, place_hold, resolve_hold
from billing.services.plans import renew_plans
from billing.services.transfers import InsufficientCredits, InvalidAmount, LedgerMismatch, RefundTooLarge, post_transfer
from generation.services.recovery import reconcile
from tests.support.stories import open_workspace, query
from tests.support.vandals import vandal_of

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def workspace(committed: object) -> Workspace:
    return open_workspace("one", "professional", credits=100)


@pytest.fixture
def vandal(committed: Postgres):  # noqa: ANN201
    with vandal_of(committed.superuser_url) as connection:
        yield connection


def available(workspace: Workspace) -> int:
    assert not any(list_differences().values())
    return get_balance(workspace.id).available


def hold(workspace: Workspace, amount: int, reference: str = "gen_a") -> None:
    with transaction.atomic():
        place_hold(workspace_id=workspace.id, amount=amount, reference=reference)


def refund(workspace: Workspace, amount: int, key: str) -> None:
    refund_credits(
        workspace_id=workspace.id,
        reference="gen_a",
        amount=amount,
        reason="blurred",
        actor="user:1",
        idempotency_key=key,
    )


def test_a_plan_is_renewed_once_a_month_for_that_month(workspace: Workspace) -> None:
    assert renew_plans() == 1
    assert renew_plans() == 0
    assert available(workspace) == 600
    (ends_at,) = query("SELECT expires_at FROM billing_transfer WHERE reference = 'renewal'")[0]
    assert (ends_at.day, ends_at.hour) == (1, 0)
    assert ends_at > database_now()


def test_what_ends_is_spent_first_and_the_rest_is_taken_back(workspace: Workspace, vandal: psycopg.Connection) -> None:
    grant_credits(
        workspace_id=workspace.id,
        amount=50,
        idempotency_key="gift",
        source="promotion",
        expires_at=database_now() + timedelta(hours=1),
    )
    hold(workspace, 20)
    resolve_hold(reference="gen_a", captured=15)
    assert expire_grants() == 0
    vandal.execute("UPDATE billing_transfer SET expires_at = clock_timestamp() WHERE reference = 'promotion'")
    assert expire_grants() == 1
    assert expire_grants() == 0
    assert available(workspace) == 100
    assert query("SELECT expired FROM billing_grantend") == [(35,)]


def test_a_hold_that_nobody_ends_is_released(workspace: Workspace, settings: Settings) -> None:
    hold(workspace, 20)
    assert expire_holds() == 0
    settings.ATELIER_HOLD_SECONDS = 0
    assert expire_holds() == 1
    assert available(workspace) == 100
    assert query("SELECT expired, captured, released FROM billing_holdoutcome") == [(True, 0, 20)]


def test_more_than_was_captured_is_never_given_back(workspace: Workspace) -> None:
    """Though enough was captured for other work."""
    hold(workspace, 20, "gen_b")
    resolve_hold(reference="gen_b", captured=20)
    hold(workspace, 10)
    with pytest.raises(NothingCaptured):
        refund(workspace, 1, "early")
    resolve_hold(reference="gen_a", captured=6)
    refund(workspace, 4, "a")
    with pytest.raises(RefundTooLarge):
        refund(workspace, 3, "b")
    with pytest.raises(IntegrityError):
        refund(workspace, 1, "a")
    refund(workspace, 2, "c")
    assert available(workspace) == 80


def test_a_large_correction_needs_two_people_by_the_database_too(workspace: Workspace) -> None:
    asked = adjust_credits(workspace_id=workspace.id, amount=5000, reason="a gift", actor="user:1")
    assert available(workspace) == 100
    with pytest.raises(SecondPersonNeeded):
        decide_adjustment(adjustment_id=asked.id, actor="user:1", approved=True)
    book_without_approval(workspace, asked)
    approve_oneself(asked)
    decide_adjustment(adjustment_id=asked.id, actor="user:2", approved=True)
    with pytest.raises(AlreadyDecided):
        decide_adjustment(adjustment_id=asked.id, actor="user:3", approved=False)
    assert available(workspace) == 5100


def book_without_approval(workspace: Workspace, asked: Adjustment) -> None:
    with pytest.raises(Exception, match="second person"), transaction.atomic():
        post_transfer(
            workspace_id=workspace.id, kind="adjust", amount=5000, reference=asked.id, idempotency_key="past the rules"
        )


def approve_oneself(asked: Adjustment) -> None:
    decision = AdjustmentDecision(
        adjustment=asked,
        workspace_id=asked.workspace_id,
        asked_by="user:1",
        second_needed=True,
        decided_by="user:1",
        approved=True,
    )
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        decision.save(force_insert=True)
    decision.second_needed = False  # a lie about what was asked
    with pytest.raises(IntegrityError, match="decision_of_adjustment"), transaction.atomic():
        decision.save(force_insert=True)


def try_to_approve_oneself() -> None:
    workspace = open_workspace("one", "professional", credits=100)
    approve_oneself(adjust_credits(workspace_id=workspace.id, amount=5000, reason="a gift", actor="user:1"))


@pytest.mark.parametrize("amount", [0, 1.5, 2**63, -(2**63), True, "3"])
def test_a_correction_of_no_whole_credits_is_refused(workspace: Workspace, amount: object) -> None:
    with pytest.raises(InvalidAmount):
        adjust_credits(workspace_id=workspace.id, amount=amount, reason="x", actor="user:1")  # type: ignore[arg-type]
    with pytest.raises(ReasonMissing):
        adjust_credits(workspace_id=workspace.id, amount=1, reason="  ", actor="user:1")
    assert available(workspace) == 100


def test_a_line_lets_an_account_owe_so_much_and_no_more(vandal: psycopg.Connection) -> None:
    vandal.execute("SET session_replication_role = origin; SET atelier.workspace = '*'")
    vandal.execute("INSERT INTO billing_creditline VALUES ('studio', 30)")
    workspace = open_workspace("two", "studio", credits=10)
    hold(workspace, 40)
    assert get_balance(workspace.id).spendable == 0
    assert available(workspace) == -30
    with pytest.raises(InsufficientCredits) as refused:
        hold(workspace, 1, "gen_b")
    assert refused.value.extra == {"needed": 1, "available": 0}
    Workspace.objects.filter(id=workspace.id).update(tier="starter")
    resolve_hold(reference="gen_a", captured=35)
    assert available(workspace) == -25
    vandal.execute("DELETE FROM billing_creditline")


def test_a_difference_stops_what_is_new_and_lets_what_runs_go_on(
    workspace: Workspace, vandal: psycopg.Connection
) -> None:
    hold(workspace, 10)
    vandal.execute("UPDATE billing_account SET balance = balance + 1 WHERE kind = 'earned'")
    assert "trial_balance" in reconcile()
    with pytest.raises(LedgerMismatch) as stopped:
        hold(workspace, 1, "gen_b")
    assert (stopped.value.status, stopped.value.code) == (503, "ledger_mismatch")
    resolve_hold(reference="gen_a", captured=10)
    vandal.execute("UPDATE billing_account SET balance = balance - 1 WHERE kind = 'earned'")
    assert not {"trial_balance", "unbalanced_accounts"} & set(reconcile())
    hold(workspace, 1, "gen_b")
    assert [row[0] for row in query("SELECT action FROM audit_auditentry WHERE workspace_id IS NULL ORDER BY id")] == [
        "ledger.stopped",
        "ledger.released",
    ]


def test_one_check_does_not_lift_what_another_found(workspace: Workspace) -> None:
    report_check("verify", {"findings": [1]})
    reconcile()
    with pytest.raises(LedgerMismatch):
        hold(workspace, 1)
    report_check("verify", {})
    hold(workspace, 1)


def test_low_credits_are_told_once_on_the_way_down(workspace: Workspace, settings: Settings) -> None:
    settings.ATELIER_LOW_CREDITS = 50
    for number, amount in enumerate((40, 20, 20)):
        hold(workspace, amount, f"gen_{number}")
    assert query(
        "SELECT subject, payload->>'available', payload->>'threshold' FROM outbox_outboxmessage"
        " WHERE event = 'credits.low'"
    ) == [(workspace.id, "40", "50")]
