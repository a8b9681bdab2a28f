"""Amounts that are none, at every door: each is refused in words, and the books stay as they were."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse

from atelier.accounts.models import Workspace
from billing.models import CreditLine
from billing.selectors import get_balance, list_unbalanced_accounts, trial_balance
from billing.services.adjustments import adjust_credits, refund_credits
from billing.services.grants import grant_credits
from billing.services.holds import place_hold, resolve_hold
from billing.services.transfers import LARGEST, BalanceTooLarge, InvalidAmount
from tests.integration.generation.api.caller import SMALL, Caller, code
from tests.support.commands import run_command
from tests.support.operators import operator
from tests.support.stories import open_workspace, query

pytestmark = pytest.mark.usefixtures("committed")
NUMBERS = [0, 2**63, 2**64, 10**400, 1.5, float("nan"), float("inf"), Decimal(1), True, None, "3", "", "many"]
TYPED = ["0", "1.5", "1e3", "1e999", "NaN", "inf", str(2**63), "9" * 5000, "", " ", "many", "0x10", "\u2463", "1 2"]


@pytest.fixture
def workspace(committed: object) -> Workspace:
    return open_workspace("one", credits=100)


@pytest.fixture(autouse=True)
def untouched(workspace: Workspace) -> Iterator[None]:
    """Whatever a test of this file asks for, the workspace has its 100 credits and the books add up."""
    yield
    assert (get_balance(workspace.id).available, get_balance(workspace.id).held) == (100, 0)
    assert query("SELECT count(*) FROM billing_transfer WHERE workspace_id = %s", workspace.id) == [(1,)]
    assert (trial_balance(), list_unbalanced_accounts()) == (0, [])


@pytest.mark.parametrize("amount", [*NUMBERS, -1], ids=lambda amount: repr(amount)[:20])
def test_no_service_takes_it(workspace: Workspace, amount: Any) -> None:
    with pytest.raises(InvalidAmount):
        grant_credits(workspace_id=workspace.id, amount=amount, idempotency_key="x")
    with pytest.raises(InvalidAmount):
        place_hold(workspace_id=workspace.id, amount=amount, reference="gen_x")
    with pytest.raises(InvalidAmount):
        refund_credits(
            workspace_id=workspace.id, reference="gen_x", amount=amount, reason="x", actor="user:1", idempotency_key="x"
        )
    if amount != -1:
        with pytest.raises(InvalidAmount):
            adjust_credits(workspace_id=workspace.id, amount=amount, reason="x", actor="user:1")


def test_books_that_would_grow_beyond_their_columns_are_refused() -> None:
    rich = open_workspace("rich", credits=0)
    with pytest.raises(BalanceTooLarge):
        for number in range(4):
            grant_credits(workspace_id=rich.id, amount=LARGEST, idempotency_key=f"{number}")
    assert get_balance(rich.id).available < 2**63


@pytest.mark.parametrize("amount", [*TYPED, "-1"], ids=lambda amount: amount[:20])
def test_the_form_that_grants_says_so(workspace: Workspace, amount: str) -> None:
    assert "errorlist" in fill_in("grant", workspace, amount)


@pytest.mark.parametrize("amount", TYPED, ids=lambda amount: amount[:20])
def test_the_form_that_adjusts_says_so(workspace: Workspace, amount: str) -> None:
    assert "errorlist" in fill_in("adjust", workspace, amount)


@pytest.mark.parametrize("amount", [*TYPED, "-1"], ids=lambda amount: amount[:20])
def test_the_form_that_refunds_says_so(workspace: Workspace, amount: str) -> None:
    assert "errorlist" in fill_in("refund", workspace, amount)


def fill_in(form: str, workspace: Workspace, amount: str) -> str:
    """What an operator who sends the form reads."""
    values = {
        "amount": amount,
        "reason": "goodwill",
        "token": str(uuid.uuid4()),
        "source": "grant",
        "reference": "gen_x",
    }
    url = f"{reverse(f'admin:accounts_workspace_{form}')}?id={workspace.pk}"
    answer = operator().post(url, values)
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert set(errors) == {"amount"}, errors
    return answer.content.decode()


@pytest.mark.parametrize(
    "steps",
    [
        "[[1, 0]]",
        "[[1, -1]]",
        "[[1, 1.5]]",
        "[[1, NaN]]",
        "[[1, Infinity]]",
        "[[1, 1e999]]",
        f"[[1, {2**63}]]",
        f"[[1, {'9' * 5000}]]",
        '[[1, "1"]]',
        "[[1, true]]",
        "[[1, null]]",
        "[" * 100_000,
        "many",
        "",
        "{}",
        "7",
        '"\\u0000"',
        '"\\ud800"',
    ],
    ids=lambda steps: steps[:20],
)
def test_the_form_of_a_price_list_says_so(steps: str) -> None:
    form = {"effective_from_0": "2999-01-01", "effective_from_1": "00:00:00", "steps": steps, "note": ""}
    answer = operator().post("/admin/billing/ratecard/add/", form)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


@pytest.mark.parametrize("credits", ["-1", *TYPED[1:]], ids=lambda credits: credits[:20])
def test_the_form_of_a_credit_line_says_so(credits: str) -> None:
    CreditLine.objects.get_or_create(tier="studio", defaults={"credits": 10_000})
    assert "errorlist" in change(operator(), "/admin/billing/creditline/studio/change/", credits)


def change(browser: Client, url: str, credits: str) -> str:
    """What an operator who sends the form of a credit line reads."""
    answer = browser.post(url, {"tier": "studio", "credits": credits})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("credits", ["-1", *TYPED[1:]], ids=lambda credits: credits[:20])
def test_the_command_says_so(credits: str) -> None:
    with pytest.raises(CommandError) as refused:
        run_command("issue_key", "--workspace", "new", f"--credits={credits}")
    assert len(str(refused.value)) < 300
    assert query("SELECT count(*) FROM accounts_workspace WHERE name = 'new'") == [(0,)]


def test_the_command_gives_no_credits_where_none_are_asked_for() -> None:
    made = json.loads(run_command("issue_key", "--workspace", "new", "--credits=0"))["workspaceId"]
    assert get_balance(made).available == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--workspace", "new", "--credits=7"),
        ("--workspace", ""),
        ("--workspace", "x" * 5000),
        ("--workspace", "a\0b"),
    ],
    ids=["others", "empty", "long", "nul"],
)
def test_the_command_refuses_a_second_first_grant_and_names_that_are_none(words: tuple[str, ...]) -> None:
    run_command("issue_key", "--workspace", "new", "--credits=5")
    with pytest.raises(CommandError):
        run_command("issue_key", *words)


@pytest.mark.parametrize("count", [b"0", b"-1", b"1.5", b"NaN", b"1e999", b"9" * 5000, b'"3"', b"null", b"true"])
def test_the_api_says_so(workspace: Workspace, count: bytes) -> None:
    body = json.dumps(SMALL).encode()[:-1] + b', "count": ' + count + b"}"
    assert code(Caller.of(workspace).post(body), 400) in ("invalid_request", "malformed_json")


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "NaN", "1e3", "9" * 500, "many", "", "%00", "\u2463"])
def test_the_statement_says_so(workspace: Workspace, number: str) -> None:
    assert code(Caller.of(workspace).get(f"/account/ledger?limit={number}"), 400) == "invalid_parameter"


def test_a_capture_over_its_hold_takes_nothing() -> None:
    other = open_workspace("other", credits=10)
    place_hold(workspace_id=other.id, amount=4, reference="gen_other")
    for captured in (5, -1, 1.5, 2**63, True):
        with pytest.raises(ValueError, match="not a whole number within the hold"):
            resolve_hold(reference="gen_other", captured=captured)
    assert (get_balance(other.id).available, get_balance(other.id).held) == (6, 4)
