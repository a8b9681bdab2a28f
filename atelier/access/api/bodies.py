"""The bodies of requests and answers about API keys and members."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, Any, Self

from django.utils import timezone
from pydantic import Field, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from atelier.accounts import models
from atelier.accounts.permissions import EVERYTHING, ROLES, SCOPES
from atelier.core.http.bodies import Answer, Body
from atelier.core.http.times import Time
from atelier.core.http.values import NOT_SENT, Distinct, NotNull, OneOf, Positive, Visible


class _Network:
    """For texts: an IPv4 or IPv6 network in CIDR notation, or one address; written as the network it is."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "maxLength": 50, "example": "192.0.2.0/24"}

    def _check(self, value: Any) -> str:
        try:
            if isinstance(value, str) and "%" not in value:  # an address with a zone is of one machine only
                return str(ip_network(value))
        except ValueError:
            pass
        message = "It must be a network such as 192.0.2.0/24, without bits behind the prefix."
        raise PydanticCustomError("network", message)


Role = Annotated[str, OneOf(tuple(ROLES))]


class ApiKeyRequest(Body):
    name: Annotated[str, Field(min_length=1, max_length=100), Visible()]
    scopes: Annotated[list[Annotated[str, OneOf(SCOPES)]], Field(min_length=1, max_length=len(SCOPES)), Distinct()] = [
        EVERYTHING
    ]
    networks: Annotated[
        list[Annotated[str, _Network()]],
        Field(
            max_length=50, description="From where it may be used; without the member those of the key that makes it."
        ),
        Distinct(),
    ] = []
    expires_at: Annotated[
        Time | None, NotNull(), Field(description="Its end; without the member that of the key that makes it.")
    ] = NOT_SENT


class InvitationRequest(Body):
    user: Annotated[str, Field(min_length=1, max_length=150), Visible()]
    role: Role


class MemberChange(Body):
    role: Role


class ApiKey(Answer):
    id: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^key_[a-z2-7]{20}$"})]
    name: str
    prefix: Annotated[str, Field(description="The public beginning of the key.")]
    state: Annotated[str, OneOf(("active", "expired", "revoked"))]
    scopes: list[str]
    networks: list[str]
    created_at: Time
    last_used_at: Annotated[Time | None, Field(description="To the minute.")]
    expires_at: Time | None
    revoked_at: Time | None
    replaced_by: Annotated[str | None, Field(description="The key that took over when this one was rotated.")]

    @classmethod
    def of(cls, key: models.ApiKey, /, **more: str) -> Self:
        """The key as it is at this moment; `more` are the members of a subclass."""
        return cls(
            id=key.id,
            name=key.name,
            prefix=f"atl_live_{key.lookup}",
            state=_state(key),
            scopes=key.scopes,
            networks=key.networks,
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            replaced_by=key.replaced_by or None,
            **more,
        )


def _state(key: models.ApiKey) -> str:
    if key.revoked_at:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= timezone.now() else "active"


class ApiKeyWithText(ApiKey):
    key: Annotated[str, Field(description="The key itself: shown now and never again.")]


class ApiKeys(Answer):
    keys: list[ApiKey]
    next_cursor: str | None


class Member(Answer):
    id: Positive
    user: str
    role: Annotated[str, WithJsonSchema({"type": "string", "enum": list(ROLES)})]
    created_at: Time

    @classmethod
    def of(cls, member: models.Membership) -> Self:
        """A membership that was read with its user."""
        return cls(id=member.pk, user=member.user.get_username(), role=member.role, created_at=member.created_at)


class Members(Answer):
    members: list[Member]
    next_cursor: str | None


class Invitation(Answer):
    """An invitation that waits for an answer. That it exists does not say that the person does."""

    id: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^inv_[a-z2-7]{20}$"})]
    user: str
    role: Annotated[str, WithJsonSchema({"type": "string", "enum": list(ROLES)})]
    created_at: Time
    expires_at: Time

    @classmethod
    def of(cls, invitation: models.Invitation) -> Self:
        return cls(
            id=invitation.id,
            user=invitation.user_name,
            role=invitation.role,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
        )


class Invitations(Answer):
    invitations: list[Invitation]
    next_cursor: str | None


class MyInvitation(Answer):
    """An invitation as the invited person sees it."""

    id: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^inv_[a-z2-7]{20}$"})]
    workspace_id: str
    workspace: Annotated[str, Field(description="The workspace's name.")]
    role: Annotated[str, WithJsonSchema({"type": "string", "enum": list(ROLES)})]
    expires_at: Time

    @classmethod
    def of(cls, invitation: models.Invitation) -> Self:
        """An invitation that was read with its workspace."""
        return cls(
            id=invitation.id,
            workspace_id=invitation.workspace_id,
            workspace=invitation.workspace.name,
            role=invitation.role,
            expires_at=invitation.expires_at,
        )


class MyInvitations(Answer):
    invitations: Annotated[list[MyInvitation], Field(max_length=50)]
