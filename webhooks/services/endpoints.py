"""Making, changing and ending endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from atelier.accounts.models import Workspace
from atelier.audit.services import record
from atelier.core.db.database import Now, database_now
from atelier.core.errors import Conflict
from atelier.core.http.times import rfc3339
from atelier.core.ids import new_id
from atelier.core.outbound.checks import check_url
from webhooks.events import NewEvent
from webhooks.models import ACTIVE, CANCELLED, DISABLED, PENDING, Delivery, Endpoint
from webhooks.selectors import get_endpoint, list_endpoints
from webhooks.services import recording
from webhooks.services.vault import fresh_keys, open_keys, seal_headers, seal_keys
from webhooks.signing import Keys

MOST_ENDPOINTS = 20
OVERLAP = timedelta(hours=24)


class TooManyEndpoints(Conflict):
    code = "too_many_endpoints"
    title = "The workspace has as many webhook endpoints as it may have"


class EndpointDisabled(Conflict):
    """Set `status` to `active` first."""

    code = "endpoint_disabled"
    title = "The webhook endpoint is disabled"


def create_endpoint(
    *,
    workspace: Workspace,
    actor: str,
    url: str,
    events: Sequence[str] = (),
    description: str = "",
    headers: Mapping[str, str] = {},
    asymmetric: bool = False,
) -> tuple[Endpoint, Keys]:
    """A new endpoint and its keys, which are shown once. Raises `AddressNotAllowed`, `TooManyEndpoints`."""
    check_url(url)
    endpoint_id, keys = new_id("whk"), fresh_keys(asymmetric=asymmetric)
    endpoint = Endpoint(
        id=endpoint_id,
        workspace_id=workspace.id,
        url=url,
        events=list(events),
        description=description,
        header_names=sorted(headers),
        headers=seal_headers(endpoint_id, dict(headers)),
        keys=seal_keys(endpoint_id, keys),
        public_key=keys.public_key,
    )
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)  # two at once must not pass the limit
        if list_endpoints(workspace.id).count() >= MOST_ENDPOINTS:
            raise TooManyEndpoints(f"There may be {MOST_ENDPOINTS}; delete one first.", limit=MOST_ENDPOINTS)
        endpoint.save(force_insert=True)
        _audit(endpoint, actor, "created")
    return get_endpoint(workspace.id, endpoint_id), keys


def update_endpoint(*, workspace_id: str, endpoint_id: str, actor: str, changes: dict[str, Any]) -> Endpoint:
    """Change url, events, description, headers or status. Raises `EndpointNotFound`, `AddressNotAllowed`."""
    if "url" in changes:
        check_url(changes["url"])
    with transaction.atomic():
        endpoint = get_endpoint(workspace_id, endpoint_id, lock=True)
        for name in ("url", "events", "description"):
            setattr(endpoint, name, changes.get(name, getattr(endpoint, name)))
        if "headers" in changes:
            endpoint.header_names = sorted(changes["headers"])
            endpoint.headers = seal_headers(endpoint_id, changes["headers"])
        endpoint.save()
        if changes.get("status") == ACTIVE and endpoint.status == DISABLED:
            _enable(endpoint_id)
        elif changes.get("status") == DISABLED and endpoint.status == ACTIVE:
            disable_endpoint(endpoint_id, "You switched it off.", announce=False)
        _audit(endpoint, actor, "updated", fields=sorted(changes))
    return get_endpoint(workspace_id, endpoint_id)


def delete_endpoint(*, workspace_id: str, endpoint_id: str, actor: str) -> None:
    """Nothing more is sent there. Raises `EndpointNotFound`."""
    with transaction.atomic():
        endpoint = get_endpoint(workspace_id, endpoint_id, lock=True)
        Endpoint.objects.filter(id=endpoint_id).update(deleted_at=Now())
        _cancel_waiting(endpoint_id)
        _audit(endpoint, actor, "deleted")


def rotate_secret(*, workspace_id: str, endpoint_id: str, actor: str) -> tuple[Endpoint, Keys]:
    """New keys, shown once. For 24 hours the old ones sign as well; keys older than those end now."""
    with transaction.atomic():
        endpoint = get_endpoint(workspace_id, endpoint_id, lock=True)
        keys = fresh_keys(asymmetric=bool(open_keys(endpoint)[0].seed))
        endpoint.previous_keys, endpoint.keys = endpoint.keys, seal_keys(endpoint_id, keys)
        endpoint.previous_keys_until = database_now() + OVERLAP
        endpoint.public_key = keys.public_key
        endpoint.save(update_fields=["keys", "previous_keys", "previous_keys_until", "public_key"])
        _audit(endpoint, actor, "secret_rotated")
    return endpoint, keys


def disable_endpoint(endpoint_id: str, reason: str, *, announce: bool = True) -> bool:
    """Switch an active endpoint off, in the caller's transaction, and record that for the workspace's others."""
    changed = Endpoint.objects.filter(id=endpoint_id, status=ACTIVE).update(
        status=DISABLED, disabled_reason=reason, disabled_at=Now()
    )
    if not changed:
        return False
    _cancel_waiting(endpoint_id)
    endpoint = Endpoint.objects.get(id=endpoint_id)
    if announce:
        _audit(endpoint, "webhooks", "disabled")
        _record_disabled(endpoint, reason)
    return True


def _record_disabled(endpoint: Endpoint, reason: str) -> None:
    assert endpoint.disabled_at is not None
    data = {"endpointId": endpoint.id, "url": endpoint.url, "reason": reason}
    recording.record_event(
        NewEvent(
            workspace_id=endpoint.workspace_id,
            type="webhook.disabled",
            subject=endpoint.id,
            occurred_at=endpoint.disabled_at,
            dedupe_key=f"{endpoint.id}:disabled:{rfc3339(endpoint.disabled_at)}",
            data=data | ({"generationId": endpoint.source_id} if endpoint.source_id else {}),
        )
    )


def _enable(endpoint_id: str) -> None:
    Endpoint.objects.filter(id=endpoint_id).update(
        status=ACTIVE, disabled_reason="", disabled_at=None, failing_since=None
    )


def _cancel_waiting(endpoint_id: str) -> None:
    Delivery.objects.filter(endpoint_id=endpoint_id, status=PENDING).update(status=CANCELLED, ended_at=Now())


def _audit(endpoint: Endpoint, actor: str, action: str, **facts: Any) -> None:
    record(
        workspace_id=endpoint.workspace_id,
        actor=actor,
        action=f"webhook_endpoint.{action}",
        subject=endpoint.id,
        facts=facts,
    )
