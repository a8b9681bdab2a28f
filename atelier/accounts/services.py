"""Making workspaces and keys, and ending keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Least, Now

from atelier.accounts.keys import make_key
from atelier.accounts.models import ApiKey, Workspace
from atelier.accounts.permissions import EVERYTHING

OVERLAP = timedelta(hours=24)
"""How long a key that was rotated goes on beside its successor."""


def create_workspace(*, name: str, tier: str) -> Workspace:
    """The workspace of that name, made if there is none yet (idempotent by name)."""
    workspace, _ = Workspace.objects.get_or_create(name=name, defaults={"tier": tier})
    return workspace


def create_api_key(
    *,
    workspace: Workspace,
    name: str,
    scopes: Sequence[str] = (EVERYTHING,),
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text. The text is not stored: show it once."""
    key = make_key()
    record = ApiKey.objects.create(
        workspace=workspace,
        name=name,
        lookup=key.lookup,
        digest=key.digest,
        scopes=list(scopes),
        networks=list(networks),
        expires_at=expires_at,
    )
    return record, key.text


def rotate_api_key(*, key: ApiKey) -> tuple[ApiKey, str]:
    """A successor with the same rights; the old key ends 24 h from now, or earlier where it would have anyway.

    The caller has locked `key`, which is neither revoked nor replaced.
    """
    made, text = create_api_key(
        workspace=key.workspace, name=key.name, scopes=key.scopes, networks=key.networks, expires_at=key.expires_at
    )
    ApiKey.objects.filter(id=key.id).update(expires_at=Least("expires_at", Now() + OVERLAP), replaced_by=made.id)
    return made, text


def revoke_api_key(*, key_id: str) -> None:
    """From the next request on the key is refused everywhere. Doing it twice is the same as once."""
    ApiKey.objects.filter(id=key_id, revoked_at=None).update(revoked_at=Now())
