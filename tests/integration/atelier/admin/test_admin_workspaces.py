"""Operators making workspaces, changing them, and granting credits."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from atelier.accounts.models import Workspace
from billing.selectors import get_balance, trial_balance
from tests.integration.atelier.admin.forms import WORKSPACES, audit, form, grant, grant_elsewhere, page
from tests.support.operators import count_queries, make_person, operator, read, told
from tests.support.processes import at_once, call
from tests.support.stories import open_workspace, query, send_off, start_worker, submit

pytestmark = pytest.mark.usefixtures("committed", "no_limits")


def test_the_list_shows_tier_balance_and_live_work() -> None:
    start_worker()
    workspace = open_workspace("Blue Door", credits=1234)
    send_off(workspace)
    submit(workspace)
    submit(workspace)
    text = read(operator(), WORKSPACES)
    for shown in ("Blue Door", "studio", "1,231", ">3<", "2 / 1"):
        assert shown in text


def test_the_list_needs_as_many_queries_for_thirty_rows_as_for_one() -> None:
    browser = operator()
    open_workspace("first")
    one = count_queries(browser, WORKSPACES)
    for number in range(29):
        open_workspace(f"w{number}", credits=0)
    assert count_queries(browser, WORKSPACES) == one <= 8


def test_adding_a_workspace_opens_its_accounts_and_is_audited() -> None:
    browser = operator()
    response = browser.post(f"{WORKSPACES}add/", form(name="Blue Door", tier="starter"))
    assert response.status_code == 302
    workspace = Workspace.objects.get(name="Blue Door")
    assert query("SELECT count(*) FROM billing_account WHERE workspace_id = %s", workspace.pk) == [(4,)]
    assert audit() == [("workspace.created", workspace.pk, {"fields": ["name", "tier"], "tier": [None, "starter"]})]


def test_a_change_of_tier_and_a_suspension_are_audited_with_before_and_after() -> None:
    workspace, browser = open_workspace("one", "starter"), operator()
    browser.post(page(workspace), form(name="one", tier="studio", suspended="on"))
    workspace.refresh_from_db()
    assert workspace.tier == "studio"
    assert workspace.suspended_at is not None
    assert audit() == [
        (
            "workspace.changed",
            workspace.pk,
            {"fields": ["tier", "suspended"], "tier": ["starter", "studio"], "suspended": [False, True]},
        )
    ]
    since = workspace.suspended_at
    browser.post(page(workspace), form(name="uno", tier="studio", suspended="on"))
    workspace.refresh_from_db()
    assert workspace.suspended_at == since
    browser.post(page(workspace), form(name="uno", tier="studio"))
    workspace.refresh_from_db()
    assert workspace.suspended_at is None


def test_saving_without_a_change_leaves_no_row() -> None:
    workspace, browser = open_workspace("one"), operator()
    browser.post(page(workspace), form(name="one", tier="studio"))
    assert audit() == []


def test_a_failed_audit_row_takes_the_change_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, browser = open_workspace("one"), operator()
    monkeypatch.setattr("atelier.admin.audited.actor_of", lambda request: "x" * 61)  # longer than its column
    browser.raise_request_exception = False
    assert browser.post(page(workspace), form(name="two", tier="studio")).status_code == 500
    workspace.refresh_from_db()
    assert workspace.name == "one"


def test_people_are_added_to_a_workspace_on_its_page() -> None:
    workspace, browser = open_workspace("one"), operator()
    person = make_person("ada", staff=False)
    added = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-user": str(person.pk),
        "memberships-0-workspace": workspace.pk,
        "memberships-0-role": "editor",
    }
    browser.post(page(workspace), form(name="one", tier="studio") | added)
    assert [member.user for member in workspace.memberships.all()] == [person]
    assert audit()[0][2] == {"membership": {"added": [str(workspace.memberships.get().pk)]}}


def test_a_workspace_cannot_be_deleted() -> None:
    workspace, browser = open_workspace("one"), operator()
    assert browser.post(f"{WORKSPACES}{workspace.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in read(browser, WORKSPACES)
    assert Workspace.objects.count() == 1


def test_a_name_that_is_taken_is_refused_on_the_form() -> None:
    open_workspace("one")
    response = operator().post(f"{WORKSPACES}add/", form(name="one", tier="studio"))
    assert "already exists" in response.content.decode()


def test_the_action_leads_to_a_form_with_the_chosen_workspaces() -> None:
    one, two = open_workspace("one"), open_workspace("two")
    asked = {"action": "grant_credits", "_selected_action": [one.pk, two.pk]}
    response = operator().post(WORKSPACES, asked, follow=True)
    text = response.content.decode()
    assert "one" in text
    assert "two" in text
    assert 'name="token"' in text


def test_a_grant_stands_in_ledger_and_audit() -> None:
    workspace, browser = open_workspace("one", credits=0), operator()
    assert told(grant(browser, workspace)) == ["Granted 500 credits to one."]
    assert get_balance(workspace.pk).available == 500
    ((transfer, note),) = query("SELECT id, note FROM billing_transfer")
    assert note == "goodwill"
    assert audit() == [("credits.granted", transfer, {"amount": 500, "source": "grant"})]
    assert trial_balance() == 0


def test_the_same_form_sent_twice_grants_once() -> None:
    workspace, browser, token = open_workspace("one", credits=0), operator(), str(uuid.uuid4())
    grant(browser, workspace, token=token)
    assert told(grant(browser, workspace, token=token)) == ["This grant was made already; nothing was granted twice."]
    assert get_balance(workspace.pk).available == 500
    assert len(audit()) == 1


def test_the_same_form_sent_by_six_processes_at_once_grants_once() -> None:
    workspace, token = open_workspace("one", credits=0), str(uuid.uuid4())
    person = make_person("operator", superuser=True)
    sent = [call(grant_elsewhere, person=person.pk, workspace=workspace.pk, token=token)] * 6
    assert [outcome.value for outcome in at_once(sent)] == [200] * 6
    assert get_balance(workspace.pk).available == 500
    assert len(audit()) == 1
    assert trial_balance() == 0


def test_several_workspaces_get_the_grant_together() -> None:
    one, two = open_workspace("one", credits=0), open_workspace("two", credits=0)
    assert told(grant(operator(), one, two)) == ["Granted 500 credits to one, two."]
    assert get_balance(one.pk).available == get_balance(two.pk).available == 500


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "0"}, {"amount": "-5"}, {"amount": "1.5"}, {"amount": "10000001"}, {"reason": ""}, {"token": "x"}],
)
def test_a_grant_that_makes_no_sense_is_refused_on_the_form(wrong: dict[str, str]) -> None:
    workspace = open_workspace("one", credits=0)
    response = grant(operator(), workspace, **wrong)
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert get_balance(workspace.pk).available == 0


def test_a_grant_to_an_unknown_workspace_is_not_found() -> None:
    assert operator().get(reverse("admin:accounts_workspace_grant"), {"id": "wsp_none"}).status_code == 404
