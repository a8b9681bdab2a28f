"""A Celery worker in a thread of this process, for the one-machine stack."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from celery import Celery, signals
from celery.worker import WorkController, state


class ThreadWorker(WorkController):
    """Announces itself like the worker program does, without its banner, logging and signal handlers."""

    def on_consumer_ready(self, consumer: object) -> None:
        """Called by Celery once messages are taken."""
        signals.worker_ready.send(sender=consumer)


class CeleryThread:
    """Takes one task at a time from `queues`, from `start` to `stop`."""

    def __init__(self, app: Celery, queues: Sequence[str], name: str) -> None:
        self._app, self._queues, self._name = app, list(queues), name
        self._hostname = f"{name}@localhost"
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        signals.worker_ready.connect(self._announce, weak=False)

    def start(self) -> None:
        """Begin to work; returns at once, `ready` is set when tasks are taken."""
        self._thread.start()

    def stop(self, grace_seconds: float = 10.0) -> None:
        """Ask the running task to give its work back, and wait for that; an idle worker is not waited for.

        Celery's loop looks up only every two seconds. What it might still take then, the lease gives back.
        """
        signals.worker_shutting_down.send(sender=self._name, sig="SIGTERM", how="Warm", exitcode=0)
        state.should_stop = 0
        deadline = time.monotonic() + grace_seconds
        while self.alive and (state.reserved_requests or state.active_requests) and time.monotonic() < deadline:
            self._thread.join(0.05)
        signals.worker_shutdown.send(sender=self._name)

    @property
    def alive(self) -> bool:
        """True while the worker's loop runs."""
        return self._thread.is_alive()

    def _announce(self, sender: Any, **_: object) -> None:
        if sender.hostname == self._hostname:
            self.ready.set()

    def _work(self) -> None:
        worker = ThreadWorker(
            app=self._app,
            hostname=self._hostname,
            pool="solo",
            concurrency=1,
            queues=self._queues,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            task_events=False,
        )
        worker.start()
