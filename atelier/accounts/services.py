"""Making workspaces and keys, and ending keys."""

from __future__ import annotations

from django.db.models.functions import Now

from atelier.accounts.keys import make_key
from atelier.accounts.models import ApiKey, Workspace


def create_workspace(*, name: str, tier: str) -> Workspace:
    """The workspace of that name, made if there is none yet (idempotent by name)."""
    workspace, _ = Workspace.objects.get_or_create(name=name, defaults={"tier": tier})
    return workspace


def create_api_key(*, workspace: Workspace, name: str) -> tuple[ApiKey, str]:
    """A new key and its text. The text is not stored: show it once."""
    key = make_key()
    record = ApiKey.objects.create(workspace=workspace, name=name, lookup=key.lookup, digest=key.digest)
    return record, key.text


def revoke_api_key(*, key_id: str) -> None:
    """From the next request on the key is refused everywhere. Doing it twice is the same as once."""
    ApiKey.objects.filter(id=key_id, revoked_at=None).update(revoked_at=Now())
