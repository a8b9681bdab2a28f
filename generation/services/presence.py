"""Workers saying that they are alive, in PostgreSQL: what can run decides what is dispatched and accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from atelier.core.db.database import Now, notify
from generation.kinds import KINDS
from generation.models import Worker
from generation.selectors import KNOWN_SECONDS
from generation.services.events import DISPATCH_CHANNEL

BEAT_SECONDS = 5.0


def announce_worker(*, name: str, queues: Sequence[str], models: Sequence[str]) -> None:
    """Say that worker `name` serves these queues and can load these models now."""
    values = {"queues": list(queues), "model_names": list(models), "kind_names": list(KINDS), "seen_at": Now()}
    _, created = Worker.objects.update_or_create(name=name, defaults=values)
    if created:
        Worker.objects.filter(seen_at__lt=Now() - timedelta(seconds=KNOWN_SECONDS)).delete()
        notify(DISPATCH_CHANNEL)


def retire_worker(*, name: str) -> None:
    """A worker that stopped on purpose has no capacity any more."""
    Worker.objects.filter(name=name).delete()
