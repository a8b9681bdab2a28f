"""Reading workspaces."""

from __future__ import annotations

from atelier.accounts.models import Workspace
from atelier.accounts.tiers import Tier


def get_workspace(workspace_id: str) -> Workspace:
    """The workspace. Raises Workspace.DoesNotExist."""
    return Workspace.objects.get(id=workspace_id)


def get_tier(workspace_id: str) -> Tier:
    """The limits of the workspace's tier. Raises Workspace.DoesNotExist."""
    return get_workspace(workspace_id).limits
