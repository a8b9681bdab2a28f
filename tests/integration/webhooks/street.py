"""Receivers with names and certificates, and couriers that run in the test's process."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pytest_django import Settings

from atelier.accounts.models import Workspace
from tests.support.certificates import Authority
from tests.support.nameserver import NameServer
from tests.support.receivers import Received, Receiver, Reply
from webhooks.courier import Courier
from webhooks.events import NewEvent
from webhooks.models import Delivery, Endpoint
from webhooks.services.endpoints import create_endpoint
from webhooks.services.recording import record_event
from webhooks.signing import Keys


class Street:
    """`names.names` may be changed; every receiver's port is allowed, and so is loopback."""

    def __init__(self, authority: Authority, settings: Settings) -> None:
        self.authority, self._settings = authority, settings
        self.names = NameServer()
        self.receivers: list[Any] = []
        settings.ATELIER_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
        settings.ATELIER_WEBHOOK_NAMESERVERS = [self.names.address]
        settings.ATELIER_WEBHOOK_CA_FILE = str(authority.file)
        settings.ATELIER_WEBHOOK_PORTS = ["443"]

    def receiver(self, name: str = "shop.example", answer: Callable[[Received], Reply] | None = None) -> Receiver:
        """An honest receiver behind `name`."""
        return self.add(name, Receiver(self.context(name), answer))

    def context(self, name: str) -> ssl.SSLContext:
        return self.authority.context(name)

    def add(self, name: str, receiver: Any) -> Any:
        """Let `name` lead to something that has a port and can be closed."""
        self.names.names[name] = ["127.0.0.1"]
        self._settings.ATELIER_WEBHOOK_PORTS = [*self._settings.ATELIER_WEBHOOK_PORTS, str(receiver.port)]
        receiver.url = f"https://{name}:{receiver.port}/hook"
        self.receivers.append(receiver)
        return receiver

    def close(self) -> None:
        for receiver in self.receivers:
            receiver.close()
        self.names.close()


def open_endpoint(workspace: Workspace, url: str, *events: str, **more: Any) -> tuple[Endpoint, Keys]:
    """An endpoint of the workspace, and its keys."""
    return create_endpoint(workspace=workspace, actor="key_test", url=url, events=events, **more)


def happen(workspace: Workspace, number: int = 1, event: str = "generation.completed", **data: Any) -> str:
    """An event is recorded; its id. The same number is the same fact."""
    from django.utils import timezone

    fact = NewEvent(
        workspace.id, event, f"gen_{number}", timezone.now(), f"gen_{number}:{event}", {"number": number} | data
    )
    return record_event(fact) or ""


@contextmanager
def courier(senders: int = 16, **more: Any) -> Iterator[Courier]:
    """A courier at work while the block runs."""
    running = Courier(lambda workspace_id, data: data, senders=senders, **more)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 20.0) -> Any:
    """The value of the condition once it is true."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return value


def statuses() -> list[str]:
    """The status of every delivery, in the order of the events."""
    return list(Delivery.objects.order_by("event__sequence", "endpoint_id").values_list("status", flat=True))
