"""The pulse of a running stage: keeps its lease, carries progress out and a cancel in."""

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
from generation.services.claims import StageClaim, keep_lease, report_step

log = logging.getLogger(__name__)
REPORT_SECONDS = 0.2
"""Progress is written at most so often; a step that takes longer is reported and checked every time."""

leaving = threading.Event()
"""Set when this worker was told to stop: what it works on is given back."""


class LeaseLost(Stopped):
    """Another worker may own the generation now: change nothing more."""


class CancelRequested(Stopped):
    """The client wants no picture any more."""


class WorkerLeaving(Stopped):
    """This worker shuts down."""


class Heartbeat:
    """Call it with (step, steps) as a stage's beat. A thread keeps the lease meanwhile, up to the time limit.

    The lease's clock is the database's; this side only watches that it was heard within one lease.
    """

    def __init__(self, claim: StageClaim, time_limit_seconds: float) -> None:
        self._claim = claim
        self._limit = time.monotonic() + time_limit_seconds
        self._heard = self._reported = time.monotonic()
        self._lost = self._cancelled = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"heartbeat-{claim.generation_id}", daemon=True)

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
            self._hear(lambda: report_step(self._claim, step, steps))
            self.check()

    def check(self) -> None:
        """Raise `CancelRequested`, `LeaseLost`, `WorkerLeaving` or, past the time limit, `StageFailed`."""
        if self._lost or time.monotonic() - self._heard > settings.ATELIER_LEASE_SECONDS:
            raise LeaseLost(self._claim.generation_id)
        if self._cancelled:
            raise CancelRequested(self._claim.generation_id)
        if leaving.is_set():
            raise WorkerLeaving(self._claim.generation_id)
        if time.monotonic() > self._limit:
            raise StageFailed("stage_timeout", f"The stage {self._claim.stage} took too long.", retryable=True)

    def _keep(self) -> None:
        try:
            while not self._ended.wait(settings.ATELIER_LEASE_SECONDS / 4) and time.monotonic() < self._limit:
                self._hear(lambda: keep_lease(self._claim))
        finally:
            connection.close()

    def _hear(self, ask: Callable[[], bool | None]) -> None:
        try:
            with tenant(self._claim.workspace_id):  # the thread that keeps the lease begins without one
                answer = ask()
        except DISCONNECTED as error:
            log.warning(
                "heartbeat: database unavailable: %s",
                error,
                extra={"generation_id": self._claim.generation_id},
            )
            connection.close()
            return
        self._heard = time.monotonic()
        self._lost = self._lost or answer is None
        self._cancelled = self._cancelled or bool(answer)
