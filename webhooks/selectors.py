"""Reading endpoints, events and deliveries."""

from __future__ import annotations

from django.db.models import F, Prefetch, Q, QuerySet

from atelier.core.errors import NotFound
from webhooks.events import wants
from webhooks.models import ACTIVE, Attempt, Delivery, Endpoint

SHOWN_ATTEMPTS = 10
"""Attempts of a delivery that are shown: a redelivery adds six, and there may be any number of redeliveries."""


class EndpointNotFound(NotFound):
    """Unknown, deleted, or another workspace's: they are not told apart."""

    def __init__(self) -> None:
        super().__init__("There is no webhook endpoint with this id in your workspace.")


class DeliveryNotFound(NotFound):
    """Unknown, or of another endpoint: they are not told apart."""

    def __init__(self) -> None:
        super().__init__("There is no delivery with this id for this endpoint.")


def list_endpoints(workspace_id: str) -> QuerySet[Endpoint]:
    """The workspace's endpoints, oldest first; without those of single generations."""
    return _existing(workspace_id).order_by("created_at", "id")


def get_endpoint(workspace_id: str, endpoint_id: str, *, lock: bool = False) -> Endpoint:
    """The endpoint; `lock` inside a transaction. Raises `EndpointNotFound`."""
    rows = _existing(workspace_id).filter(id=endpoint_id)
    endpoint = (rows.select_for_update() if lock else rows).first()
    if endpoint is None:
        raise EndpointNotFound
    return endpoint


def list_subscribed(workspace_id: str, event: str, subject: str = "") -> list[Endpoint]:
    """The active endpoints that subscribe to `event`: the workspace's, and the subject's own."""
    own = Q(source_id="") | Q(source_id=subject)
    rows = Endpoint.objects.filter(own, workspace_id=workspace_id, status=ACTIVE, deleted_at=None)
    return [endpoint for endpoint in rows.only("id", "workspace_id", "events") if wants(endpoint.events, event)]


def list_deliveries(workspace_id: str, endpoint_id: str) -> QuerySet[Delivery]:
    """An endpoint's deliveries with their events and last attempts, newest first."""
    rows = Delivery.objects.filter(workspace_id=workspace_id, endpoint_id=endpoint_id)
    last = Attempt.objects.filter(number__gt=F("delivery__attempts") - SHOWN_ATTEMPTS)
    return rows.select_related("event").prefetch_related(Prefetch("tries", last)).order_by("-created_at", "-id")


def get_delivery(workspace_id: str, endpoint_id: str, delivery_id: str) -> Delivery:
    """The delivery with its event and last attempts. Raises `DeliveryNotFound`."""
    delivery = list_deliveries(workspace_id, endpoint_id).filter(id=delivery_id).first()
    if delivery is None:
        raise DeliveryNotFound
    return delivery


def _existing(workspace_id: str) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(workspace_id=workspace_id, source_id="", deleted_at=None)
