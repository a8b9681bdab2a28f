"""A worker's own thread that says it is alive: survives trouble, and has the last word only while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from atelier.worker import presence
from generation.heartbeat import leaving
from tests.support.stories import query

pytestmark = pytest.mark.usefixtures("committed")
QUEUES = SimpleNamespace(main="atelier", amqp=SimpleNamespace(queues=SimpleNamespace(consume_from={"cpu.basic": None})))
"""What of a Celery application is read: its name and the queues it serves."""


@pytest.fixture
def alive(committed: object, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The handlers of a worker's start and end; it speaks every 50 ms."""
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.05)
    yield
    presence._end()
    leaving.clear()


def start() -> None:
    presence._start(sender=SimpleNamespace(app=QUEUES))


def workers() -> list[tuple[Any]]:
    return query("SELECT queues FROM generation_worker")


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_worker_is_there_from_its_start_to_its_end(alive: None) -> None:
    start()
    wait_for(workers)
    presence._leave()
    assert leaving.is_set()
    assert workers(), "until its work is given back it lives"
    presence._end()
    assert workers() == []


def test_an_error_does_not_silence_it(alive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said, troubles = presence.announce_worker, [ValueError("once"), ValueError("twice")]

    def trouble(**values: Any) -> None:
        if troubles:
            raise troubles.pop()
        said(**values)

    monkeypatch.setattr(presence, "announce_worker", trouble)
    start()
    wait_for(workers)


def test_its_last_word_does_not_bring_it_back_to_life(alive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said, speaking = presence.announce_worker, []

    def slowly(**values: Any) -> None:
        speaking.append(True)
        time.sleep(0.3)
        said(**values)

    monkeypatch.setattr(presence, "announce_worker", slowly)
    monkeypatch.setattr(presence, "BEAT_SECONDS", 5.0)
    start()
    wait_for(lambda: speaking)
    presence._end()
    time.sleep(0.5)
    assert workers() == []
