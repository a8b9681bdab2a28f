"""Operators and money: a correction has a reason, a large one two people, a price list begins later."""

from __future__ import annotations

import re

import pytest

from billing.models import Adjustment, RateCard
from billing.selectors import get_balance
from tests.support.operators import log_in, make_person, read, told
from tests.support.stories import open_workspace, query

pytestmark = pytest.mark.usefixtures("committed")


def adjust(browser, workspace_id: str, amount: int, reason: str = "a slip"):  # noqa: ANN001, ANN201
    url = f"/admin/accounts/workspace/adjust/?id={workspace_id}"
    token = re.search(r'name="token" value="([0-9a-f-]+)"', read(browser, url))
    assert token is not None
    form = {"amount": amount, "reason": reason, "token": token[1]}
    browser.post(url, form)
    return browser.post(url, form, follow=True)  # twice is once


def decide(browser, action: str):  # noqa: ANN001, ANN201
    ids = list(Adjustment.objects.values_list("id", flat=True))
    return browser.post("/admin/billing/adjustment/", {"action": action, "_selected_action": ids}, follow=True)


def test_a_small_correction_is_booked_once_however_often_the_form_is_sent() -> None:
    workspace, browser = open_workspace(credits=100), log_in(make_person("a", superuser=True))
    adjust(browser, workspace.id, -7)
    assert get_balance(workspace.id).available == 93
    assert query("SELECT kind, note FROM billing_transfer WHERE kind <> 'grant'") == [("deduct", "a slip")]


def test_a_large_one_waits_for_a_second_person() -> None:
    workspace = open_workspace(credits=100)
    first, second = (log_in(make_person(name, superuser=True)) for name in "ab")
    adjust(first, workspace.id, 5000)
    assert get_balance(workspace.id).available == 100
    assert "Somebody else" in " ".join(told(decide(first, "approve")))
    assert get_balance(workspace.id).available == 100
    decide(second, "approve")
    assert get_balance(workspace.id).available == 5100
    assert "decided before" in " ".join(told(decide(second, "approve")))
    assert get_balance(workspace.id).available == 5100


def test_more_than_there_is_cannot_be_taken_and_nothing_without_a_reason() -> None:
    workspace, browser = open_workspace(credits=100), log_in(make_person("a", superuser=True))
    assert "100 are available" in adjust(browser, workspace.id, -101).content.decode()
    adjust(browser, workspace.id, -1, reason=" ")
    adjust(browser, workspace.id, 0)
    assert get_balance(workspace.id).available == 100
    assert Adjustment.objects.count() == 0


def test_a_price_list_that_begins_at_once_is_refused_on_the_form() -> None:
    browser = log_in(make_person("a", superuser=True))
    form = {"effective_from_0": "2001-01-01", "effective_from_1": "00:00:00", "steps": "[[9, 1]]", "note": ""}
    assert "at least 60 s" in browser.post("/admin/billing/ratecard/add/", form).content.decode()
    assert RateCard.objects.count() == 1
    for page in ("ratecard", "creditline", "bookcheck", "adjustment", "account"):
        read(browser, f"/admin/billing/{page}/")
