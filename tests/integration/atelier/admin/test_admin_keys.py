"""Operators issuing keys that are shown once, and revoking them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from atelier.accounts.models import ApiKey
from atelier.accounts.services import create_api_key
from tests.integration.atelier.admin.forms import KEYS, WORKSPACES, audit, issue, page
from tests.support.operators import count_queries, operator, read, told
from tests.support.stories import open_workspace, query

pytestmark = pytest.mark.usefixtures("committed", "no_limits")
KEY_SHAPE = re.compile(r"atl_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}")


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
    assert told(browser.post(WORKSPACES, asked, follow=True))[0].startswith("Choose one workspace")
    asked["_selected_action"] = [one.pk]
    assert browser.post(WORKSPACES, asked)["Location"] == f"{reverse('admin:accounts_workspace_issue_key')}?id={one.pk}"


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
