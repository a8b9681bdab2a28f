"""The ledger against a model of forty lines: any sequence of grants, holds and ends, compared after every step."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from atelier.accounts.services import create_workspace
from billing.selectors import get_balance, list_unbalanced_accounts, trial_balance
from billing.services.adjustments import NothingCaptured, adjust_credits, refund_credits
from billing.services.grants import IdempotencyKeyTaken, grant_credits
from billing.services.holds import HoldAlreadyResolved, place_hold, resolve_hold
from billing.services.transfers import InsufficientCredits, RefundTooLarge
from tests.support.stories import query

AMOUNTS = st.one_of(st.integers(1, 12), st.sampled_from([1, 2, 10**9, 2**40]))
SHARES = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
_numbers = itertools.count()


@dataclass
class Books:
    """What the books of one workspace should be."""

    available: int = 0
    held: int = 0
    earned: int = 0
    granted: int = 0
    grants: dict[str, int] = field(default_factory=dict)
    open_holds: dict[str, int] = field(default_factory=dict)
    ended: dict[str, tuple[int, int]] = field(default_factory=dict)
    refunded: dict[str, int] = field(default_factory=dict)
    transfers: int = 0


class Ledger(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.number = next(_numbers)
        self.workspace = create_workspace(name=f"workspace {self.number}", tier="studio")
        self.model = Books()

    @rule(name=st.sampled_from("abc"), amount=AMOUNTS)
    def grant(self, name: str, amount: int) -> None:
        key = f"{self.number}:{name}"
        if self.model.grants.get(key, amount) != amount:
            with pytest.raises(IdempotencyKeyTaken):
                grant_credits(workspace_id=self.workspace.id, amount=amount, idempotency_key=key)
            return
        grant_credits(workspace_id=self.workspace.id, amount=amount, idempotency_key=key)
        if key not in self.model.grants:
            self.model.grants[key] = amount
            self.model.available += amount
            self.model.granted -= amount
            self.model.transfers += 1

    @rule(amount=AMOUNTS)
    def hold(self, amount: int) -> None:
        reference = f"gen_{next(_numbers)}"
        if amount > self.model.available:
            with pytest.raises(InsufficientCredits) as refused:
                place_hold(workspace_id=self.workspace.id, amount=amount, reference=reference)
            assert refused.value.extra == {"needed": amount, "available": self.model.available}
            return
        place_hold(workspace_id=self.workspace.id, amount=amount, reference=reference)
        self.model.open_holds[reference] = amount
        self.model.available -= amount
        self.model.held += amount
        self.model.transfers += 1

    @precondition(lambda self: self.model.open_holds)
    @rule(choice=st.randoms(use_true_random=False))
    def hold_again(self, choice) -> None:  # noqa: ANN001  (Hypothesis's own Random)
        reference = choice.choice(sorted(self.model.open_holds))
        if self.model.available:
            with pytest.raises(IntegrityError):
                place_hold(workspace_id=self.workspace.id, amount=1, reference=reference)

    @precondition(lambda self: self.model.open_holds)
    @rule(choice=st.randoms(use_true_random=False), share=SHARES)
    def end(self, choice, share: float) -> None:  # noqa: ANN001
        reference = choice.choice(sorted(self.model.open_holds))
        amount = self.model.open_holds.pop(reference)
        captured = int(amount * share)
        with transaction.atomic():
            resolve_hold(reference=reference, captured=captured)
        self.model.ended[reference] = (captured, amount - captured)
        self.model.held -= amount
        self.model.earned += captured
        self.model.available += amount - captured
        self.model.transfers += bool(captured) + bool(amount - captured)

    @precondition(lambda self: self.model.ended)
    @rule(choice=st.randoms(use_true_random=False), share=SHARES)
    def end_again(self, choice, share: float) -> None:  # noqa: ANN001
        reference = choice.choice(sorted(self.model.ended))
        first, released = self.model.ended[reference]
        captured = int((first + released) * share)
        if captured == first:
            assert resolve_hold(reference=reference, captured=captured).captured == first
        else:
            with pytest.raises(HoldAlreadyResolved):
                resolve_hold(reference=reference, captured=captured)

    @precondition(lambda self: self.model.ended)
    @rule(choice=st.randoms(use_true_random=False), amount=st.integers(1, 9))
    def refund(self, choice, amount: int) -> None:  # noqa: ANN001
        reference = choice.choice(sorted(self.model.ended))
        left = self.model.ended[reference][0] - self.model.refunded.get(reference, 0)
        ask = partial(
            refund_credits,
            workspace_id=self.workspace.id,
            reference=reference,
            amount=amount,
            reason="x",
            actor="user:1",
            idempotency_key=f"r{next(_numbers)}",
        )
        if self.model.ended[reference][0] == 0 or amount > left:
            with pytest.raises((NothingCaptured, RefundTooLarge)):
                ask()
            return
        ask()
        self.model.refunded[reference] = self.model.refunded.get(reference, 0) + amount
        self.model.earned -= amount
        self.model.available += amount
        self.model.transfers += 1

    @rule(amount=st.integers(-12, 12).filter(bool))
    def correct(self, amount: int) -> None:
        ask = partial(adjust_credits, workspace_id=self.workspace.id, amount=amount, reason="x", actor="user:1")
        if self.model.available + amount < 0:
            with pytest.raises(InsufficientCredits):
                ask()
            return
        ask()
        self.model.available += amount
        self.model.granted -= amount
        self.model.transfers += 1

    @precondition(lambda self: self.model.open_holds)
    @rule(choice=st.randoms(use_true_random=False))
    def let_a_hold_expire(self, choice) -> None:  # noqa: ANN001
        reference = choice.choice(sorted(self.model.open_holds))
        amount = self.model.open_holds.pop(reference)
        with transaction.atomic():
            resolve_hold(reference=reference, captured=0, expired=True)
        self.model.ended[reference] = (0, amount)
        self.model.held -= amount
        self.model.available += amount
        self.model.transfers += 1

    @rule(amount=st.integers(1, 9))
    def change_its_mind(self, amount: int) -> None:
        """A hold and its end in a transaction that is rolled back leave no trace."""
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            grant_credits(workspace_id=self.workspace.id, amount=amount, idempotency_key=f"x{next(_numbers)}")
            place_hold(workspace_id=self.workspace.id, amount=amount, reference=f"gen_{next(_numbers)}")
            _ = 1 / 0

    @invariant()
    def the_books_are_the_model(self) -> None:
        rows = query("SELECT kind, balance FROM billing_account WHERE workspace_id = %s", self.workspace.id)
        model = self.model
        assert dict(rows) == {
            "available": model.available,
            "held": model.held,
            "earned": model.earned,
            "granted": model.granted,
        }
        balance = get_balance(self.workspace.id)
        assert (balance.available, balance.held) == (model.available, model.held)
        assert trial_balance() == 0
        assert list_unbalanced_accounts() == []

    @invariant()
    def every_hold_and_every_end_is_written_once(self) -> None:
        rows = query(
            "SELECT h.reference, h.amount, o.captured, o.released FROM billing_hold h"
            " LEFT JOIN billing_holdoutcome o ON o.hold_id = h.id WHERE h.workspace_id = %s",
            self.workspace.id,
        )
        expected = [(reference, amount, None, None) for reference, amount in self.model.open_holds.items()]
        expected += [(reference, sum(parts), *parts) for reference, parts in self.model.ended.items()]
        assert sorted(rows, key=str) == sorted(expected, key=str)

    @invariant()
    def every_transfer_carries_the_balances_after_it(self) -> None:
        transfers = query(
            "SELECT count(*), count(*) FILTER (WHERE (credit_balance < 0 AND kind <> 'deduct')"
            " OR (debit_balance < 0 AND kind NOT IN ('grant', 'adjust')))"
            " FROM billing_transfer WHERE workspace_id = %s AND credit_balance IS NOT NULL",
            self.workspace.id,
        )
        assert [(count, wrong) for count, wrong in transfers if count or wrong] == (
            [(self.model.transfers, 0)] if self.model.transfers else []
        )


def explore(examples: int, steps: int) -> None:
    bounds = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Ledger, settings=bounds)


@pytest.mark.usefixtures("committed")
def test_the_ledger_is_its_model() -> None:
    explore(examples=15, steps=25)


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("committed")
def test_the_ledger_is_its_model_in_25_000_steps() -> None:
    explore(examples=500, steps=50)
