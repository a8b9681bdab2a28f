"""A place where the relay puts messages, in a file that many processes append to: what arrived is what is in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from atelier.messaging.outbox.models import OutboxMessage
from atelier.messaging.outbox.relay import Publish, relay_batch

EVENTS = ("generation.dispatched", "generation.completed", "story.told")


@dataclass(frozen=True)
class Mailbox:
    """Takes every message but those about `refused` subjects."""

    path: Path
    refused: frozenset[str] = frozenset()

    def __call__(self, message: OutboxMessage) -> None:
        if message.subject in self.refused:
            raise ConnectionError(f"{message.subject} is refused")
        line = json.dumps([message.pk, message.event, message.subject]) + "\n"
        with self.path.open("a", buffering=1) as file:
            file.write(line)
            os.fsync(file.fileno())

    def subjects(self) -> list[str]:
        """Subjects in the order of arrival, doubles included."""
        if not self.path.exists():
            return []
        return [json.loads(line)[2] for line in self.path.read_text().splitlines()]


def relay_to(path: Path, refused: Iterable[str] = ()) -> int:
    """One round of the relay into the mailbox at `path`."""
    publish: Publish = Mailbox(path, frozenset(refused))
    return relay_batch(dict.fromkeys(EVENTS, publish))


def relay_all_to(path: Path) -> int:
    """Rounds until nothing is left; how many messages this process published."""
    total = 0
    while (sent := relay_to(path)) > 0:
        total += sent
    return total
