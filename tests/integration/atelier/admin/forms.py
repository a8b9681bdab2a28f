"""What operators send at the admin, and what it leaves in the audit trail."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from atelier.accounts.models import Workspace
from atelier.audit.models import AuditEntry

WORKSPACES = "/admin/accounts/workspace/"
KEYS = "/admin/accounts/apikey/"
NO_MEMBERS = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


def form(**values: Any) -> dict[str, Any]:
    """The fields of a workspace's form."""
    return NO_MEMBERS | values


def page(workspace: Workspace) -> str:
    """Address of a workspace's page."""
    return reverse("admin:accounts_workspace_change", args=[workspace.pk])


def grant(browser: Client, *workspaces: Workspace, **asked: Any) -> Any:
    """Send the form that grants credits; the page it led to."""
    url = reverse("admin:accounts_workspace_grant") + "?" + "&".join(f"id={each.pk}" for each in workspaces)
    values = {"amount": "500", "source": "grant", "reason": "goodwill", "token": str(uuid.uuid4())} | asked
    return browser.post(url, values, follow=True)


def grant_elsewhere(person: int, workspace: str, token: str) -> int:
    """`grant` from a process of its own; the status of the page it led to."""
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(User.objects.get(pk=person))
    return grant(browser, Workspace.objects.get(pk=workspace), token=token).status_code


def issue(browser: Client, workspace: Workspace, name: str = "web shop") -> Any:
    """Send the form that issues a key; the page that shows it."""
    return browser.post(f"{reverse('admin:accounts_workspace_issue_key')}?id={workspace.pk}", {"name": name})


def audit() -> list[tuple[str, str, dict[str, Any]]]:
    """What operators left in the audit trail: (action, subject, facts)."""
    rows = AuditEntry.objects.filter(actor__startswith="user:").order_by("id")
    return list(rows.values_list("action", "subject", "facts"))
