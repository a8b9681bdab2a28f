"""Sending again by hand: a delivery, the events of a time, a dead letter; the same ids. And a test event."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from atelier.audit.services import record
from atelier.core.db.database import Now, database_now, notify
from atelier.core.ids import new_id
from webhooks.events import TEST, NewEvent, wants
from webhooks.models import ACTIVE, CANCELLED, DEAD, DELIVERED, PENDING, DeadLetter, Delivery, Endpoint, Event
from webhooks.selectors import get_delivery, get_endpoint, list_deliveries
from webhooks.services.endpoints import EndpointDisabled
from webhooks.services.recording import CHANNEL, add_deliveries, add_event

MOST_EVENTS = 10_000
"""Events one replay sends; a longer time is replayed in parts."""


def redeliver(*, workspace_id: str, endpoint_id: str, delivery_id: str, actor: str) -> Delivery:
    """Send a delivery again now, with a new round of retries. One that is on its way stays as it is.

    Raises `EndpointNotFound`, `DeliveryNotFound`, `EndpointDisabled`.
    """
    with transaction.atomic():
        endpoint = _active(workspace_id, endpoint_id)
        delivery = get_delivery(workspace_id, endpoint_id, delivery_id)
        _send_again(Delivery.objects.filter(id=delivery.id, status__in=(PENDING, DELIVERED, DEAD, CANCELLED)))
        _audit(endpoint, actor, "redelivered", delivery=delivery.id)
    return get_delivery(workspace_id, endpoint_id, delivery_id)


def replay(
    *, workspace_id: str, endpoint_id: str, actor: str, since: datetime, until: datetime, delivered: bool = False
) -> int:
    """Send the events of a time that the endpoint wants and has not taken; with `delivered`, also what it has.

    How many are on their way: at most 10,000, oldest first. Raises `EndpointNotFound`, `EndpointDisabled`.
    """
    with transaction.atomic():
        endpoint = _active(workspace_id, endpoint_id)
        ids = _events_between(endpoint, since, until)
        there = Delivery.objects.filter(endpoint_id=endpoint_id, event_id__in=ids)
        known = set(there.values_list("event_id", flat=True))
        added = sum(add_deliveries(event_id, [endpoint]) for event_id in ids if event_id not in known)
        again = _send_again(there.filter(status__in=(DEAD, CANCELLED, *([DELIVERED] if delivered else []))))
        _audit(endpoint, actor, "replayed", deliveries=added + again)
    return added + again


def replay_dead_letters(delivery_ids: list[str], actor: str) -> int:
    """Operators send parked deliveries again; those whose endpoint is disabled or deleted stay. How many."""
    with transaction.atomic():
        rows = Delivery.objects.filter(
            id__in=delivery_ids, status=DEAD, endpoint__status=ACTIVE, endpoint__deleted_at=None
        )
        for workspace_id, delivery_id in rows.values_list("workspace_id", "id"):
            record(workspace_id=workspace_id, actor=actor, action="webhook_delivery.replayed", subject=delivery_id)
        return _send_again(rows)


def send_test(*, workspace_id: str, endpoint_id: str, actor: str) -> Delivery:
    """A real event of type `webhook.test`, to this endpoint alone. Raises `EndpointNotFound`, `EndpointDisabled`."""
    with transaction.atomic():
        endpoint = _active(workspace_id, endpoint_id)
        number = new_id("tst")
        event_id = add_event(
            NewEvent(
                workspace_id=workspace_id,
                type=TEST,
                subject=endpoint_id,
                occurred_at=database_now(),
                dedupe_key=number,
                data={"endpointId": endpoint_id, "message": "Your endpoint is reached."},
            )
        )
        add_deliveries(event_id, [endpoint])
        _audit(endpoint, actor, "tested")
    return list_deliveries(workspace_id, endpoint_id).get(event_id=event_id)


def _active(workspace_id: str, endpoint_id: str) -> Endpoint:
    endpoint = get_endpoint(workspace_id, endpoint_id, lock=True)
    if endpoint.status != ACTIVE:
        raise EndpointDisabled(f"{endpoint.disabled_reason} Set its status to active first.")
    return endpoint


def _events_between(endpoint: Endpoint, since: datetime, until: datetime) -> list[str]:
    rows = Event.objects.filter(
        workspace_id=endpoint.workspace_id, occurred_at__gte=since, occurred_at__lt=until
    ).exclude(type=TEST)
    listed = rows.order_by("occurred_at").values_list("id", "type")[:MOST_EVENTS]
    return [event_id for event_id, event in listed if wants(endpoint.events, event)]


def _send_again(rows: QuerySet[Delivery]) -> int:
    ids = list(rows.values_list("id", flat=True))
    changed = Delivery.objects.filter(id__in=ids).update(status=PENDING, failures=0, next_at=Now(), ended_at=None)
    DeadLetter.objects.filter(delivery_id__in=ids, replayed_at=None).update(replayed_at=Now())
    notify(CHANNEL)
    return changed


def _audit(endpoint: Endpoint, actor: str, action: str, **facts: object) -> None:
    record(
        workspace_id=endpoint.workspace_id,
        actor=actor,
        action=f"webhook_endpoint.{action}",
        subject=endpoint.id,
        facts=facts,
    )
