"""Invitations: a workspace asks a person in, and only that person's own acceptance makes a membership.

Inviting says nothing about whether the user name exists: the answer is the same for every name.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from atelier.access.members import check_rank
from atelier.accounts.authentication import Caller
from atelier.accounts.models import Invitation, Membership, Workspace
from atelier.audit.services import record
from atelier.core.db.database import Now, database_now
from atelier.core.db.tenancy import across, tenant
from atelier.core.errors import Conflict, NotFound

LIFETIME = timedelta(days=7)
MOST_PENDING = 50


class InvitationNotFound(NotFound):
    """Unknown, ended, expired, or for somebody else: they are not told apart."""

    def __init__(self) -> None:
        super().__init__("There is no pending invitation with this id.")


class TooManyInvitations(Conflict):
    """A workspace has at most 50 invitations that are neither answered nor expired."""

    code = "too_many_invitations"
    title = "The workspace has as many pending invitations as it may have"


class AlreadyMember(Conflict):
    """The invited person has joined in another way meanwhile."""

    code = "already_member"
    title = "You belong to the workspace already"


def list_invitations(workspace_id: str) -> QuerySet[Invitation]:
    """The workspace's pending ones, newest first."""
    return _pending().filter(workspace_id=workspace_id).order_by("-created_at", "-id")


def invite(*, caller: Caller, name: str, role: str) -> Invitation:
    """Ask the person with this user name in; again renews a pending invitation, with the role of now.

    Raises `MissingPermission` (an owner is made by an owner), `TooManyInvitations`.
    """
    check_rank(caller, role)
    with transaction.atomic():
        # Locked first, so that two at once do not pass the limit.
        Workspace.objects.select_for_update(no_key=True).get(id=caller.workspace.id)
        Invitation.objects.filter(workspace=caller.workspace, user_name=name, ended_at=None).delete()
        if list_invitations(caller.workspace.id).count() >= MOST_PENDING:
            raise TooManyInvitations(f"There may be {MOST_PENDING}; withdraw one first.", limit=MOST_PENDING)
        made = Invitation.objects.create(
            workspace=caller.workspace, user_name=name, role=role, expires_at=database_now() + LIFETIME
        )
        _record(made, caller.actor, "invited", {"role": role})
    made.refresh_from_db()
    return made


def withdraw(*, caller: Caller, invitation_id: str) -> None:
    """Raises `InvitationNotFound`."""
    with transaction.atomic():
        found = list_invitations(caller.workspace.id).select_for_update().filter(id=invitation_id).first()
        if found is None:
            raise InvitationNotFound
        _end(found, caller.actor, "withdrawn")


def list_mine(person: AbstractBaseUser) -> list[Invitation]:
    """The pending invitations of a person, of all workspaces, newest first, with their workspaces."""
    with across("authentication"):
        rows = _pending().select_related("workspace").filter(user_name=person.get_username())
        return list(rows.order_by("-created_at", "-id")[:MOST_PENDING])


def accept(*, person: Any, invitation_id: str) -> Membership:
    """The membership of the person, from now on. Raises `InvitationNotFound`, `AlreadyMember`."""
    workspace_id = _workspace_of(person, invitation_id)
    with tenant(workspace_id), transaction.atomic():
        found = _lock(person, invitation_id)
        member, made = Membership.objects.get_or_create(
            workspace_id=workspace_id, user=person, defaults={"role": found.role}
        )
        if not made:
            raise AlreadyMember(f"As {member.role}.", memberId=member.pk)
        _end(found, f"user:{person.pk}", "accepted")
        member.refresh_from_db()
    return member


def decline(*, person: Any, invitation_id: str) -> None:
    """Raises `InvitationNotFound`."""
    with tenant(_workspace_of(person, invitation_id)), transaction.atomic():
        _end(_lock(person, invitation_id), f"user:{person.pk}", "declined")


def _workspace_of(person: Any, invitation_id: str) -> str:
    """The workspace whose invitation it is: the person is in none yet, so all are looked through."""
    with across("authentication"):
        found = _pending().filter(id=invitation_id, user_name=person.get_username()).first()
    if found is None:
        raise InvitationNotFound
    return str(found.workspace_id)


def _lock(person: Any, invitation_id: str) -> Invitation:
    """The pending invitation again, so that only one of two answers at once counts."""
    rows = _pending().select_for_update().filter(id=invitation_id, user_name=person.get_username())
    found = rows.first()
    if found is None:
        raise InvitationNotFound
    return found


def _pending() -> QuerySet[Invitation]:
    return Invitation.objects.filter(ended_at=None, expires_at__gt=Now())


def _end(invitation: Invitation, actor: str, outcome: str) -> None:
    Invitation.objects.filter(id=invitation.id).update(ended_at=Now(), outcome=outcome)
    _record(invitation, actor, f"invitation_{outcome}", {"role": invitation.role})


def _record(invitation: Invitation, actor: str, action: str, facts: dict[str, object]) -> None:
    record(
        workspace_id=invitation.workspace_id,
        actor=actor,
        action=f"member.{action}",
        subject=invitation.id,
        facts=facts,
    )
