"""Holds against real PostgreSQL: what is set aside ends exactly once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from atelier.accounts.models import Workspace
from atelier.accounts.services import create_workspace
from billing.models import HoldOutcome, Transfer
from billing.selectors import get_balance, list_unbalanced_accounts, trial_balance
from billing.services.grants import grant_credits
from billing.services.holds import HoldAlreadyResolved, place_hold, resolve_hold
from billing.services.transfers import InsufficientCredits, InvalidAmount, post_transfer

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def workspace(committed: object) -> Workspace:
    workspace = create_workspace(name="studio one", tier="studio")
    grant_credits(workspace_id=workspace.id, amount=100, idempotency_key="start")
    return workspace


def books(workspace: Workspace) -> tuple[int, int]:
    assert trial_balance() == 0
    assert list_unbalanced_accounts() == []
    balance = get_balance(workspace.id)
    return balance.available, balance.held


def test_a_hold_sets_credits_aside_and_a_full_capture_spends_them(workspace: Workspace) -> None:
    place_hold(workspace_id=workspace.id, amount=30, reference="gen_a")
    assert books(workspace) == (70, 30)
    resolve_hold(reference="gen_a", captured=30)
    assert books(workspace) == (70, 0)


def test_three_of_four_images_cost_three_quarters(workspace: Workspace) -> None:
    place_hold(workspace_id=workspace.id, amount=4, reference="gen_a")
    outcome = resolve_hold(reference="gen_a", captured=3)
    assert (outcome.captured, outcome.released) == (3, 1)
    assert books(workspace) == (97, 0)


def test_a_failure_costs_nothing(workspace: Workspace) -> None:
    place_hold(workspace_id=workspace.id, amount=30, reference="gen_a")
    resolve_hold(reference="gen_a", captured=0)
    assert books(workspace) == (100, 0)


def test_a_hold_over_the_balance_is_refused_and_books_nothing(workspace: Workspace) -> None:
    with pytest.raises(InsufficientCredits) as refused:
        place_hold(workspace_id=workspace.id, amount=101, reference="gen_a")
    assert refused.value.extra == {"needed": 101, "available": 100}
    assert books(workspace) == (100, 0)
    assert Transfer.objects.count() == 1


def test_a_second_end_with_the_same_amount_is_the_first_one_again(workspace: Workspace) -> None:
    place_hold(workspace_id=workspace.id, amount=10, reference="gen_a")
    first = resolve_hold(reference="gen_a", captured=10)
    assert resolve_hold(reference="gen_a", captured=10).hold_id == first.hold_id
    with pytest.raises(HoldAlreadyResolved):
        resolve_hold(reference="gen_a", captured=0)
    assert books(workspace) == (90, 0)


@pytest.mark.parametrize("amount", [0, -1, 1.5, 2**63, True, "3"])
def test_an_amount_that_is_no_positive_whole_number_is_refused(workspace: Workspace, amount: object) -> None:
    with pytest.raises(InvalidAmount):
        post_transfer(
            workspace_id=workspace.id,
            kind="hold",
            amount=amount,
            reference="gen_a",
            idempotency_key="k",  # type: ignore[arg-type]  # bad on purpose
        )
    assert books(workspace) == (100, 0)


def test_one_reference_has_one_hold(workspace: Workspace) -> None:
    place_hold(workspace_id=workspace.id, amount=10, reference="gen_a")
    with pytest.raises(IntegrityError):
        place_hold(workspace_id=workspace.id, amount=10, reference="gen_a")
    assert books(workspace) == (90, 10)


def test_a_grant_is_given_once(workspace: Workspace) -> None:
    grant_credits(workspace_id=workspace.id, amount=100, idempotency_key="start")
    assert books(workspace) == (100, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_transfer SET amount = amount + 1",
        "DELETE FROM billing_transfer",
        "TRUNCATE billing_transfer CASCADE",
        "UPDATE billing_account SET balance = balance + 1000 WHERE kind = 'available'",
        "INSERT INTO billing_account (workspace_id, kind, balance, version)"
        " SELECT workspace_id, 'held', 9, 0 FROM billing_account",
        "UPDATE billing_hold SET amount = 1",
        "DELETE FROM billing_holdoutcome",
        "DELETE FROM audit_auditentry",
        "ALTER TABLE billing_transfer DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_service_cannot_rewrite_the_books(workspace: Workspace, statement: str) -> None:
    refused = pytest.raises(ProgrammingError, match="permission denied|must be owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert books(workspace) == (100, 0)


def test_a_transfer_between_the_wrong_accounts_is_refused_by_the_database(workspace: Workspace) -> None:
    with pytest.raises(IntegrityError, match="does not fit"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_transfer (id, workspace_id, kind, debit_id, credit_id, amount, reference, note,"
            " idempotency_key) SELECT 'trf_x', workspace_id, 'grant', max(id) FILTER (WHERE kind = 'held'),"
            " max(id) FILTER (WHERE kind = 'available'), 5, 'x', '', 'x' FROM billing_account GROUP BY workspace_id"
        )


def test_an_outcome_over_its_hold_is_refused_by_the_database(workspace: Workspace) -> None:
    hold_id = place_hold(workspace_id=workspace.id, amount=5, reference="gen_a")
    capture = post_transfer(
        workspace_id=workspace.id, kind="capture", amount=5, reference="gen_a", idempotency_key="capture:x"
    )
    with pytest.raises(IntegrityError, match="outcome_of_hold"):
        HoldOutcome.objects.create(
            hold_id=hold_id, workspace_id=workspace.id, amount=6, captured=6, released=0, capture_id=capture
        )
