"""Couriers in processes of their own, which may be killed where it hurts most."""

from __future__ import annotations

import time
from typing import Any

from django.conf import LazySettings

from tests.support.processes import Outcome, alone

PASSED_ON = (
    "ATELIER_WEBHOOK_NETWORKS",
    "ATELIER_WEBHOOK_PORTS",
    "ATELIER_WEBHOOK_NAMESERVERS",
    "ATELIER_WEBHOOK_CA_FILE",
    "ATELIER_SEALING_KEYS",
)


def deliver_all(seconds: float = 30.0) -> int:
    """Run a courier until nothing waits; how many were delivered in all."""
    from webhooks.courier import Courier
    from webhooks.models import DELIVERED, PENDING, SENDING, Delivery
    from webhooks.services.sending import requeue_lost

    courier = Courier(_as_it_is, senders=8)
    courier.start()
    until = time.monotonic() + seconds
    while Delivery.objects.filter(status__in=(PENDING, SENDING)).exists() and time.monotonic() < until:
        requeue_lost()
        time.sleep(0.05)
    courier.stop()
    return Delivery.objects.filter(status=DELIVERED).count()


def _as_it_is(workspace_id: str, data: dict[str, Any]) -> dict[str, Any]:
    return data


def courier_process(settings: LazySettings, crashpoint: str = "", seconds: float = 30.0) -> Outcome:
    """`deliver_all` elsewhere; with a crash point it does not come back."""
    given = {name: getattr(settings, name) for name in PASSED_ON} | {"ATELIER_CRASHPOINT": crashpoint}
    return alone(deliver_all, settings=given, seconds=seconds)
