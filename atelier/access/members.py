"""The people of a workspace and their roles. A workspace always keeps an owner."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from atelier.accounts.authentication import Caller
from atelier.accounts.models import Membership, Workspace
from atelier.accounts.permissions import ROLES
from atelier.audit.services import record
from atelier.core.errors import Conflict, NotFound
from atelier.core.http.problems import MissingPermission

OWNER = "owner"


class MemberNotFound(NotFound):
    """Unknown, or another workspace's: the two are not told apart."""

    def __init__(self) -> None:
        super().__init__("There is no member with this id in your workspace.")


class LastOwner(Conflict):
    """Make somebody else an owner first."""

    code = "last_owner"
    title = "A workspace keeps at least one owner"


def list_members(workspace_id: str) -> QuerySet[Membership]:
    """Oldest first, with their users."""
    return Membership.objects.select_related("user").filter(workspace_id=workspace_id).order_by("id")


def change_role(*, caller: Caller, member_id: int, role: str) -> Membership:
    """Raises `MemberNotFound`, `LastOwner`, `MissingPermission`."""
    with transaction.atomic():
        member = _lock(caller, member_id)
        check_rank(caller, role, member.role)
        if member.role == OWNER != role:
            _check_other_owner(caller.workspace)
        if member.role != role:
            _record(caller, "member.role_changed", member, {"role": [member.role, role]})
            member.role = role
            member.save(update_fields=["role"])
    return member


def remove_member(*, caller: Caller, member_id: int) -> None:
    """Raises `MemberNotFound`, `LastOwner`, `MissingPermission`."""
    with transaction.atomic():
        member = _lock(caller, member_id)
        check_rank(caller, member.role)
        if member.role == OWNER:
            _check_other_owner(caller.workspace)
        _record(caller, "member.removed", member, {"role": member.role})
        member.delete()


def _lock(caller: Caller, member_id: int) -> Membership:
    """The member; the workspace's row is locked first, so that two owners cannot remove each other at once."""
    Workspace.objects.select_for_update(no_key=True).get(id=caller.workspace.id)
    member = list_members(caller.workspace.id).filter(id=member_id).first()
    if member is None:
        raise MemberNotFound
    return member


def check_rank(caller: Caller, *roles: str) -> None:
    """Owners are the business of those who may everything; nobody gives rights beyond his or her own."""
    lacking = sorted(frozenset().union(*(ROLES[role] for role in roles)) - caller.may)
    if lacking:
        raise MissingPermission(lacking[0])


def _check_other_owner(workspace: Workspace) -> None:
    if Membership.objects.filter(workspace=workspace, role=OWNER).count() < 2:
        raise LastOwner("Make somebody else an owner first.")


def _record(caller: Caller, action: str, member: Membership, facts: dict[str, object]) -> None:
    record(
        workspace_id=caller.workspace.id,
        actor=caller.actor,
        action=action,
        subject=f"user:{member.user_id}",
        facts=facts,
    )
