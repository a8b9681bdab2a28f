"""The heartbeat of a running stage: extends its lease, reports progress and reads cancel requests."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType

from django.conf import settings
from django.db import connection

from atelier.core.db.database import DISCONNECTED
from atelier.core.db.tenancy import tenant
from generation.pipeline.stage import StageFailed, Stopped
from generation.services.claims import StageClaim, extend_lease, report_step

log = logging.getLogger(__name__)
REPORT_SECONDS = 0.2
"""The least time between two reports of progress; the last step is always reported."""

leaving = threading.Event()
"""Set when this worker shuts down: its running generations are requeued."""


class LeaseLost(Stopped):
    """The lease is lost: another worker may own the generation now."""


class CancelRequested(Stopped):
    """The client cancelled the generation."""


class WorkerLeaving(Stopped):
    """This worker is shutting down."""


class Heartbeat:
    """The beat of a stage: call it with (step, steps). A thread extends the lease meanwhile, up to the time limit.

    The lease is measured by the database's clock. Locally it counts as lost if no heartbeat succeeded for its length.
    """

    def __init__(self, claim: StageClaim, time_limit_seconds: float) -> None:
        self._claim = claim
        self._limit = time.monotonic() + time_limit_seconds
        self._confirmed = self._reported = time.monotonic()
        self._lost = self._cancelled = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._extend, name=f"heartbeat-{claim.generation_id}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()

    def __call__(self, step: int, steps: int) -> None:
        """Report progress; raise to stop the stage."""
        self.check()
        if time.monotonic() - self._reported >= REPORT_SECONDS or step >= steps:
            self._reported = time.monotonic()
            self._send(lambda: report_step(self._claim, step, steps))
            self.check()

    def check(self) -> None:
        """Raise `CancelRequested`, `LeaseLost`, `WorkerLeaving` or, past the time limit, `StageFailed`."""
        if self._lost or time.monotonic() - self._confirmed > settings.ATELIER_LEASE_SECONDS:
            raise LeaseLost(self._claim.generation_id)
        if self._cancelled:
            raise CancelRequested(self._claim.generation_id)
        if leaving.is_set():
            raise WorkerLeaving(self._claim.generation_id)
        if time.monotonic() > self._limit:
            raise StageFailed("stage_timeout", f"The stage {self._claim.stage} took too long.", retryable=True)

    def _extend(self) -> None:
        try:
            while not self._ended.wait(settings.ATELIER_LEASE_SECONDS / 4) and time.monotonic() < self._limit:
                self._send(lambda: extend_lease(self._claim))
        finally:
            connection.close()

    def _send(self, send: Callable[[], bool | None]) -> None:
        try:
            with tenant(self._claim.workspace_id):  # the lease's thread has no tenant of its own
                answer = send()
        except DISCONNECTED as error:
            log.warning(
                "heartbeat: database unavailable: %s",
                error,
                extra={"generation_id": self._claim.generation_id},
            )
            connection.close()
            return
        self._confirmed = time.monotonic()
        self._lost = self._lost or answer is None
        self._cancelled = self._cancelled or bool(answer)
