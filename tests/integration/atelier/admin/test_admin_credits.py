"""Credits that operators give: for what, until when, how much alone; and what is given back of what was paid."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from atelier.accounts.models import Workspace
from billing.selectors import get_balance, trial_balance
from billing.services.holds import place_hold, resolve_hold
from tests.integration.atelier.admin.forms import audit, grant, page
from tests.support.operators import log_in, make_person, operator, read, told
from tests.support.stories import open_workspace, query

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def workspace(committed: object) -> Workspace:
    """Ten credits given, four spent for gen_red, of five that were held."""
    made = open_workspace("one", credits=10)
    place_hold(workspace_id=made.pk, amount=5, reference="gen_red")
    resolve_hold(reference="gen_red", captured=4)
    return made


def refund(browser: Client, workspace: Workspace, **asked: Any) -> Any:
    """Send the form; the page it led to."""
    values = {"reference": "gen_red", "amount": "3", "reason": "blurred", "token": str(uuid.uuid4())} | asked
    return browser.post(f"{reverse('admin:accounts_workspace_refund')}?id={workspace.pk}", values, follow=True)


def test_a_promotion_ends_and_the_ledger_says_who_gave_it(workspace: Workspace) -> None:
    browser = operator()
    grant(browser, workspace, amount="30", source="promotion", expires_at="2999-01-01T00:00")
    row = query("SELECT reference, expires_at::date::text, actor, amount FROM billing_transfer WHERE note = 'goodwill'")
    assert [(*row[0][:2], row[0][2][:5], row[0][3])] == [("promotion", "2999-01-01", "user:", 30)]
    grant(browser, workspace, amount="20", source="top_up")
    assert query("SELECT expires_at FROM billing_transfer WHERE reference = 'top_up'") == [(None,)]
    assert get_balance(workspace.pk).available == 56


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"source": "promotion"}, "expires_at"),
        ({"source": "promotion", "expires_at": "2001-01-01T00:00"}, "expires_at"),
        ({"source": "promotion", "expires_at": "soon"}, "expires_at"),
        ({"source": "bribe"}, "source"),
        ({"source": ""}, "source"),
        ({"amount": "1001"}, "amount"),
    ],
)
def test_a_gift_without_sense_end_or_second_person_is_refused(
    workspace: Workspace, asked: dict[str, str], field: str
) -> None:
    assert list(grant(operator(), workspace, **asked).context["form"].errors) == [field]
    assert get_balance(workspace.pk).available == 6


def test_what_was_paid_is_given_back_once_and_never_more(workspace: Workspace) -> None:
    browser, token = operator(), str(uuid.uuid4())
    assert told(refund(browser, workspace, token=token)) == ["3 credits of gen_red were given back."]
    assert told(refund(browser, workspace, token=token)) == [
        "This refund was made already; nothing was given back twice."
    ]
    assert "more than what was captured" in refund(browser, workspace, amount="2").content.decode()
    assert get_balance(workspace.pk).available == 9
    ((transfer,),) = query("SELECT id FROM billing_transfer WHERE kind = 'refund'")
    assert audit() == [("credits.refunded", transfer, {"amount": 3, "reference": "gen_red"})]
    assert trial_balance() == 0


def test_nothing_is_given_back_for_what_another_workspace_paid_or_nobody(workspace: Workspace) -> None:
    browser, other = operator(), open_workspace("other", credits=10)
    for asked in ({"reference": "gen_blue"}, {"reference": "x" * 33}, {"reference": ""}):
        assert list(refund(browser, workspace, **asked).context["form"].errors) == ["reference"]
    assert list(refund(browser, other).context["form"].errors) == ["reference"]
    assert get_balance(other.pk).available == 10


def test_who_may_not_grant_may_not_give_back(workspace: Workspace) -> None:
    staff = log_in(make_person("reader", may=("accounts.view_workspace",)))
    assert refund(staff, workspace).status_code == 403
    assert "Refund credits" not in read(staff, page(workspace))
    assert "Refund credits" in read(operator(), page(workspace))
