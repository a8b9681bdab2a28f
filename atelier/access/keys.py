"""API keys of a workspace: made, rotated, revoked by those who may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.db import transaction
from django.db.models import QuerySet

from atelier.accounts.authentication import Caller
from atelier.accounts.models import ApiKey, Workspace
from atelier.accounts.permissions import EVERYTHING, granted
from atelier.accounts.services import create_api_key, revoke_api_key, rotate_api_key
from atelier.audit.services import record
from atelier.core.db.database import database_now
from atelier.core.errors import Conflict, InvalidRequest, NotFound
from atelier.core.http.problems import Forbidden, MissingPermission
from atelier.core.http.times import rfc3339

MOST_KEYS = 100


class KeyNotFound(NotFound):
    """Unknown, or another workspace's: the two are not told apart."""

    def __init__(self) -> None:
        super().__init__("There is no API key with this id in your workspace.")


class KeyEnded(Conflict):
    """The key is revoked, expired, or was rotated before: only its successor can be rotated."""

    code = "key_ended"
    title = "The API key has ended or was replaced"


class BeyondMaker(Forbidden):
    """The key would be valid at more addresses, or for longer, than the key that makes or rotates it."""

    code = "beyond_own_key"
    title = "A key may not reach further than the one that makes it"

    def __init__(self, member: str, message: str) -> None:
        super().__init__(f"{member}: {message}", errors=[{"pointer": f"/{member}", "message": message}])


class TooManyKeys(Conflict):
    """A workspace has at most 100 keys that are neither revoked nor expired."""

    code = "too_many_keys"
    title = "The workspace has as many API keys as it may have"


def list_keys(workspace_id: str) -> QuerySet[ApiKey]:
    """Newest first, those that have ended too."""
    return ApiKey.objects.filter(workspace_id=workspace_id).order_by("-created_at", "-id")


def get_key(workspace_id: str, key_id: str) -> ApiKey:
    """Raises `KeyNotFound`."""
    key = list_keys(workspace_id).filter(id=key_id).first()
    if key is None:
        raise KeyNotFound
    return key


def issue_key(
    *,
    caller: Caller,
    name: str,
    scopes: Sequence[str] = (EVERYTHING,),
    networks: Sequence[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, shown once. It may no more than who makes it, from nowhere else and for no longer.

    Networks and an end that are None are those of the key that makes it. Raises `MissingPermission`, `BeyondMaker`,
    `InvalidRequest` (it would end before it begins), `TooManyKeys`.
    """
    maker = caller.key
    if networks is None:
        networks = maker.networks if maker else ()
    if expires_at is None and maker is not None:
        expires_at = maker.expires_at
    _check_within(caller, scopes, networks, expires_at)
    if expires_at is not None and expires_at <= database_now():
        raise InvalidRequest(
            "expiresAt: it has passed.", errors=[{"pointer": "/expiresAt", "message": "It has passed."}]
        )
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(id=caller.workspace.id)  # two at once must not pass it
        if _count_living(caller.workspace.id) >= MOST_KEYS:
            raise TooManyKeys(f"Revoke one first: there are {MOST_KEYS}.", limit=MOST_KEYS)
        key, text = create_api_key(
            workspace=caller.workspace, name=name, scopes=scopes, networks=networks, expires_at=expires_at
        )
        _record(caller, "api_key.created", key, {"scopes": list(scopes)})
    return key, text


def rotate_key(*, caller: Caller, key_id: str) -> tuple[ApiKey, str]:
    """A successor and its text; the old one goes on for 24 h.

    Raises `KeyNotFound`, `KeyEnded`, `MissingPermission`, `BeyondMaker`: who rotates a key sees its successor.
    """
    with transaction.atomic():
        key = _lock(caller, key_id)
        expired = key.expires_at is not None and key.expires_at <= database_now()
        if key.revoked_at is not None or key.replaced_by or expired:
            raise KeyEnded("Make a new key.", replacedBy=key.replaced_by or None)
        _check_within(caller, key.scopes, key.networks, key.expires_at)
        made, text = rotate_api_key(key=key)
        _record(caller, "api_key.rotated", key, {"replaced_by": made.id})
    return made, text


def end_key(*, caller: Caller, key_id: str) -> None:
    """From the next request on the key is refused everywhere; once more is the same. Raises `KeyNotFound`."""
    with transaction.atomic():
        key = _lock(caller, key_id)
        if key.revoked_at is None:
            revoke_api_key(key_id=key.id)
            _record(caller, "api_key.revoked", key, {})


def _lock(caller: Caller, key_id: str) -> ApiKey:
    key = ApiKey.objects.select_for_update().filter(id=key_id, workspace_id=caller.workspace.id).first()
    if key is None:
        raise KeyNotFound
    return key


def _check_within(caller: Caller, scopes: Sequence[str], networks: Sequence[str], expires_at: datetime | None) -> None:
    """Nobody gives away what he or she has not: no permission, and for a key no network and no time."""
    lacking = sorted(granted(list(scopes)) - caller.may)
    if lacking:
        raise MissingPermission(lacking[0])
    maker = caller.key
    if maker is None:
        return
    if maker.networks and not (networks and all(_lies_within(network, maker.networks) for network in networks)):
        raise BeyondMaker("networks", f"It must lie within those of your key: {', '.join(maker.networks)}.")
    if maker.expires_at is not None and (expires_at is None or expires_at > maker.expires_at):
        raise BeyondMaker("expiresAt", f"It must not be later than the end of your key: {rfc3339(maker.expires_at)}.")


def _lies_within(network: str, outer: Sequence[str]) -> bool:
    inner, around = ip_network(network), [ip_network(text) for text in outer]
    return any(
        (isinstance(inner, IPv4Network) and isinstance(one, IPv4Network) and inner.subnet_of(one))
        or (isinstance(inner, IPv6Network) and isinstance(one, IPv6Network) and inner.subnet_of(one))
        for one in around
    )


def _count_living(workspace_id: str) -> int:
    living = ApiKey.objects.filter(workspace_id=workspace_id, revoked_at=None)
    return living.exclude(expires_at__lte=database_now()).count()


def _record(caller: Caller, action: str, key: ApiKey, facts: dict[str, object]) -> None:
    record(workspace_id=caller.workspace.id, actor=caller.actor, action=action, subject=key.id, facts=facts)
