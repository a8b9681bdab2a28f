"""Who may do what at the admin, and that changes to people are audited."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from atelier.accounts.services import create_api_key
from tests.integration.atelier.admin.forms import KEYS, WORKSPACES, audit, form, grant, issue, page
from tests.support.operators import log_in, make_person, operator, read
from tests.support.stories import open_workspace

pytestmark = pytest.mark.usefixtures("committed", "no_limits")


@pytest.mark.parametrize(
    "url", ["/admin/", WORKSPACES, KEYS, "/admin/generation/generation/", "/admin/billing/transfer/"]
)
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
