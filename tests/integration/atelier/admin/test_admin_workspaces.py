"""Operators making and changing workspaces, granting credits, issuing and revoking keys; people; the first page."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from atelier.accounts.models import ApiKey, Workspace
from atelier.accounts.services import create_api_key
from atelier.audit.models import AuditEntry
from billing.selectors import get_balance, trial_balance
from tests.support.operators import count_queries, log_in, make_person, operator, read, told
from tests.support.stories import open_workspace, query, send_off, start_worker, submit, walk_to

pytestmark = pytest.mark.usefixtures("committed", "no_limits")

LIST = "/admin/accounts/workspace/"
KEYS = "/admin/accounts/apikey/"
KEY_SHAPE = re.compile(r"atl_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}")
NO_MEMBERS = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


def form(**values: Any) -> dict[str, Any]:
    """The fields of a workspace's form."""
    return NO_MEMBERS | values


def page(workspace: Workspace) -> str:
    return reverse("admin:accounts_workspace_change", args=[workspace.pk])


def audit() -> list[tuple[str, str, dict[str, Any]]]:
    """What operators left in the audit trail: (action, subject, facts)."""
    rows = AuditEntry.objects.filter(actor__startswith="user:").order_by("id")
    return list(rows.values_list("action", "subject", "facts"))


def test_the_list_shows_tier_balance_and_live_work() -> None:
    start_worker()
    workspace = open_workspace("Blue Door", credits=1234)
    send_off(workspace)
    submit(workspace)
    submit(workspace)
    text = read(operator(), LIST)
    for shown in ("Blue Door", "studio", "1,231", ">3<", "2 / 1"):
        assert shown in text


def test_the_list_needs_as_many_queries_for_thirty_rows_as_for_one() -> None:
    browser = operator()
    open_workspace("first")
    one = count_queries(browser, LIST)
    for number in range(29):
        open_workspace(f"w{number}", credits=0)
    assert count_queries(browser, LIST) == one <= 8


def test_adding_a_workspace_opens_its_accounts_and_is_audited() -> None:
    browser = operator()
    response = browser.post(f"{LIST}add/", form(name="Blue Door", tier="starter"))
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
    }
    browser.post(page(workspace), form(name="one", tier="studio") | added)
    assert [member.user for member in workspace.memberships.all()] == [person]
    assert audit()[0][2] == {"membership": {"added": [str(workspace.memberships.get().pk)]}}


def test_a_workspace_cannot_be_deleted() -> None:
    workspace, browser = open_workspace("one"), operator()
    assert browser.post(f"{LIST}{workspace.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in read(browser, LIST)
    assert Workspace.objects.count() == 1


def test_a_name_that_is_taken_is_refused_on_the_form() -> None:
    open_workspace("one")
    response = operator().post(f"{LIST}add/", form(name="one", tier="studio"))
    assert "already exists" in response.content.decode()


# Credits


def grant(browser: Client, *workspaces: Workspace, **asked: Any) -> Any:
    url = reverse("admin:accounts_workspace_grant") + "?" + "&".join(f"id={each.pk}" for each in workspaces)
    values = {"amount": "500", "reason": "goodwill", "token": str(uuid.uuid4())} | asked
    return browser.post(url, values, follow=True)


def test_the_action_leads_to_a_form_with_the_chosen_workspaces() -> None:
    one, two = open_workspace("one"), open_workspace("two")
    asked = {"action": "grant_credits", "_selected_action": [one.pk, two.pk]}
    response = operator().post(LIST, asked, follow=True)
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
    assert audit() == [("credits.granted", transfer, {"amount": 500})]
    assert trial_balance() == 0


def test_the_same_form_sent_twice_grants_once() -> None:
    workspace, browser, token = open_workspace("one", credits=0), operator(), str(uuid.uuid4())
    grant(browser, workspace, token=token)
    assert told(grant(browser, workspace, token=token)) == ["This grant was made already; nothing was granted twice."]
    assert get_balance(workspace.pk).available == 500
    assert len(audit()) == 1


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


# Keys


def issue(browser: Client, workspace: Workspace, name: str = "web shop") -> Any:
    return browser.post(f"{reverse('admin:accounts_workspace_issue_key')}?id={workspace.pk}", {"name": name})


def test_a_key_is_shown_exactly_once() -> None:
    workspace, browser = open_workspace("one"), operator()
    response = issue(browser, workspace)
    (text,) = set(KEY_SHAPE.findall(response.content.decode()))
    assert "no-store" in response["Cache-Control"]
    assert text not in str(response.cookies)
    key = ApiKey.objects.get()
    pages = [KEYS, f"{KEYS}{key.pk}/change/", page(workspace), "/admin/audit/auditentry/", "/admin/"]
    for url in pages:
        shown = read(browser, url)
        assert not KEY_SHAPE.search(shown)
        assert key.digest not in shown
    assert audit() == [("api_key.created", key.pk, {})]


def test_the_issued_key_opens_the_api(settings: Any) -> None:
    from rest_framework.test import APIRequestFactory

    from atelier.accounts.authentication import ApiKeyAuthentication

    workspace = open_workspace("one")
    text = KEY_SHAPE.search(issue(operator(), workspace).content.decode())
    assert text is not None
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {text[0]}")
    caller, _ = ApiKeyAuthentication().authenticate(request)  # type: ignore[misc]  # None would fail the test
    assert caller.workspace == workspace


def test_the_action_issues_for_one_workspace_only() -> None:
    one, two, browser = open_workspace("one"), open_workspace("two"), operator()
    asked = {"action": "issue_api_key", "_selected_action": [one.pk, two.pk]}
    assert told(browser.post(LIST, asked, follow=True))[0].startswith("Choose one workspace")
    asked["_selected_action"] = [one.pk]
    assert browser.post(LIST, asked)["Location"] == f"{reverse('admin:accounts_workspace_issue_key')}?id={one.pk}"


def test_revoking_asks_once_more_and_is_audited() -> None:
    browser = operator()
    key, _ = create_api_key(workspace=open_workspace("one"), name="web shop")
    asked = {"action": "revoke_selected", "_selected_action": [key.pk]}
    assert "cannot be undone" in browser.post(KEYS, asked).content.decode()
    key.refresh_from_db()
    assert key.revoked_at is None
    browser.post(KEYS, asked | {"confirmed": "yes"})
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert (
        told(browser.post(KEYS, asked | {"confirmed": "yes"}, follow=True))[-1]
        == "All selected keys are revoked already."
    )
    assert audit() == [("api_key.revoked", key.pk, {})]


@pytest.mark.parametrize(("state", "found"), [("active", {"live"}), ("expired", {"old"}), ("revoked", {"gone"})])
def test_keys_are_filtered_by_state(state: str, found: set[str]) -> None:
    workspace = open_workspace("one")
    for name in ("live", "old", "gone"):
        create_api_key(workspace=workspace, name=f"{name}-key")
    query("UPDATE accounts_apikey SET expires_at = now() - interval '1 day' WHERE name = 'old-key' RETURNING id")
    query("UPDATE accounts_apikey SET revoked_at = now() WHERE name = 'gone-key' RETURNING id")
    text = read(operator(), KEYS, state=state)
    assert {name for name in ("live", "old", "gone") if f"{name}-key" in text} == found


def test_the_key_list_needs_a_fixed_number_of_queries() -> None:
    workspace, browser = open_workspace("one"), operator()
    create_api_key(workspace=workspace, name="k")
    one = count_queries(browser, KEYS)
    for number in range(20):
        create_api_key(workspace=workspace, name=f"k{number}")
    assert count_queries(browser, KEYS) == one <= 6


# Who may


@pytest.mark.parametrize("url", ["/admin/", LIST, KEYS, "/admin/generation/generation/", "/admin/billing/transfer/"])
def test_without_staff_rights_there_is_nothing(url: str) -> None:
    for browser in (Client(), log_in(make_person("viewer", staff=False, may=("accounts.view_workspace",)))):
        response = browser.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


def test_staff_see_only_what_they_were_given() -> None:
    workspace = open_workspace("one")
    key, _ = create_api_key(workspace=workspace, name="k")
    browser = log_in(make_person("support", may=("accounts.view_workspace", "accounts.view_apikey")))
    assert "dashboard-figures" not in read(browser, "/admin/")
    assert browser.get("/admin/generation/generation/").status_code == 403
    text = read(browser, page(workspace))
    assert "Grant credits" not in text
    assert "Issue an API key" not in text
    assert grant(browser, workspace).status_code == 403
    assert issue(browser, workspace).status_code == 403
    assert browser.post(page(workspace), form(name="two", tier="studio")).status_code == 403
    browser.post(KEYS, {"action": "revoke_selected", "_selected_action": [key.pk], "confirmed": "yes"})
    key.refresh_from_db()
    assert key.revoked_at is None
    assert audit() == []


# People


def test_changes_to_people_are_audited_without_secrets() -> None:
    browser = operator()
    names = {"username": "grace", "usable_password": "true", "password1": "a long one 12", "password2": "a long one 12"}
    assert browser.post("/admin/auth/user/add/", names).status_code == 302
    grace = User.objects.get(username="grace")
    words = {"password1": "another one 34", "password2": "another one 34", "usable_password": "true"}
    assert browser.post(f"/admin/auth/user/{grace.pk}/password/", words).status_code == 302
    assert [(action, subject) for action, subject, _ in audit()] == [
        ("user.created", f"user:{grace.pk}"),
        ("user.password_changed", f"user:{grace.pk}"),
    ]
    assert "another one" not in str(audit())
    assert browser.post(f"/admin/auth/user/{grace.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_group_is_audited_too() -> None:
    operator().post("/admin/auth/group/add/", {"name": "support"})
    assert audit()[0][0] == "group.created"


# The first page


def test_the_first_page_says_how_the_house_is_doing(settings: Any) -> None:
    settings.ATELIER_FLOWER_URL = "http://flower.example/"
    start_worker()
    workspace = open_workspace("one")
    generation, fence = send_off(workspace)
    walk_to(generation, fence, "diffusion")
    submit(workspace)
    submit(open_workspace("two", "starter"))
    query(
        "UPDATE generation_generation SET created_at = created_at - interval '1 hour' WHERE lane = 'basic' RETURNING id"
    )
    text = read(operator(), "/admin/")
    cells = [
        re.sub(r"<[^>]+>|\s", " ", row).split() for row in re.findall(r"<tr>\s*<th scope=.row.>.*?</tr>", text, re.S)
    ]
    by_tier = {row[0]: row for row in cells}
    assert by_tier["studio"][2] == "1"
    assert by_tier["starter"][2] == "1"
    assert "wrong" in text.split(">starter<")[1]
    assert "http://flower.example/" in text
    assert "the books add up" in text
    assert "worker alive" in text


def test_the_first_page_without_flower_and_workers_says_so() -> None:
    text = read(operator(), "/admin/")
    assert "Flower" not in text
    assert "workers alive" in text
    assert "card-wrong" in text


def test_the_first_page_needs_a_fixed_number_of_queries() -> None:
    browser = operator()
    assert count_queries(browser, "/admin/") <= 10
