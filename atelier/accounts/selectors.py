"""Reading workspaces."""

from __future__ import annotations

from atelier.accounts.models import Workspace, get_tiers
from atelier.accounts.tiers import Tier
from atelier.core.db.statements import Statement

_TIER = Statement("SELECT tier FROM accounts_workspace WHERE id = %(id)s::text")


def get_workspace(workspace_id: str) -> Workspace:
    """The workspace. Raises Workspace.DoesNotExist."""
    return Workspace.objects.get(id=workspace_id)


def get_tier(workspace_id: str) -> Tier:
    """The limits of the workspace's tier. Raises Workspace.DoesNotExist."""
    row = _TIER.first({"id": workspace_id})
    if row is None:
        raise Workspace.DoesNotExist(f"there is no workspace {workspace_id}")
    return get_tiers()[row[0]]
