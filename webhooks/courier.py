"""The courier: claims due deliveries, sends them by many threads, and records what came of them.

One thread speaks with the database; the others only speak with receivers.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import connection

from atelier.core.crashpoints import crashpoint
from atelier.core.db.database import attempt
from atelier.core.db.listen import Wakeup, listener
from atelier.core.db.tenancy import across
from atelier.core.http.times import rfc3339
from atelier.core.outbound.resolving import outbound_policy, outbound_resolver
from atelier.core.outbound.wire import tls_context
from webhooks.events import MAX_BODY, document
from webhooks.models import Delivery
from webhooks.sender import TOO_LARGE, Outcome, Sender
from webhooks.services.recording import CHANNEL
from webhooks.services.sending import Sent, claim_due, finish
from webhooks.services.vault import open_headers, open_keys
from webhooks.signing import Keys, sign_body, sign_headers

log = logging.getLogger(__name__)
POLL_SECONDS = 1.0
"""A retry is due by its time; nothing is notified then."""

Enrich = Callable[[str, dict[str, Any]], dict[str, Any]]
"""(workspace id, data of an event) -> the data with links that work now."""
AGENT = "Atelier-Webhooks/1"


class Courier:
    """Runs from `start` to `stop`; what is on its way then is waited for, at most `grace_seconds`."""

    def __init__(self, enrich: Enrich, sender: Sender | None = None, senders: int | None = None) -> None:
        self._enrich = enrich
        self._sender = sender or make_sender()
        self._size = senders or settings.ATELIER_WEBHOOK_SENDERS
        self._pool = ThreadPoolExecutor(self._size, thread_name_prefix="webhook")
        self._done: queue.SimpleQueue[Sent] = queue.SimpleQueue()
        self._out = 0
        self._stopping = threading.Event()
        self._wakeup: Wakeup | None = None
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something may be due."""
        if self._wakeup is not None:
            self._wakeup.set()

    def stop(self, grace_seconds: float = 5.0) -> None:
        """Claim nothing more; record what comes back in time."""
        self._stopping.set()
        self.wake()
        self._thread.join(grace_seconds)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._sender.close()

    def _run(self) -> None:
        with across("worker"), listener(CHANNEL).subscribe("") as self._wakeup:
            while self._out or not self._stopping.is_set():
                busy = self._round(self._wakeup)
                if not busy:
                    connection.close()
                    self._wakeup.wait(POLL_SECONDS)
        connection.close()

    def _round(self, wakeup: Wakeup) -> bool:
        """Record what is done, claim what there is room for; True when something was claimed."""
        try:
            attempt(self._record, "courier")
            free = 0 if self._stopping.is_set() else self._size - self._out
            claimed = attempt(lambda: self._claim(free), "courier") if free else []
        except Exception:
            log.exception("courier: a round failed")
            time.sleep(POLL_SECONDS)
            return False
        for job in claimed or []:
            self._out += 1
            self._pool.submit(self._deliver, job, wakeup)
        return bool(claimed)

    def _claim(self, free: int) -> list[_Job]:
        deliveries = claim_due(most=free, failing_at_once=max(1, self._size // 2))
        jobs = []
        for delivery in deliveries:
            try:
                jobs.append(self._prepare(delivery))
            except Exception as error:  # nothing of it may stay without an outcome
                log.exception("courier: %s could not be prepared", delivery.id)
                self._out += 1
                self._done.put(Sent(delivery, Outcome("sender_failed", detail=type(error).__name__), random.random()))
        return jobs

    def _record(self) -> None:
        """One transaction for all that came back since the last round."""
        batch: list[Sent] = []
        while not self._done.empty():
            batch.append(self._done.get())
        if not batch:
            return
        try:
            finish(batch)
        except Exception:
            for sent in batch:
                self._done.put(sent)
            raise
        self._out -= len(batch)

    def _prepare(self, delivery: Delivery) -> _Job:
        """Everything that needs the database, before another thread sends."""
        event, endpoint = delivery.event, delivery.endpoint
        body = document(
            event_id=event.id,
            event=event.type,
            sequence=event.sequence,
            timestamp=str(rfc3339(event.occurred_at)),
            data=self._enrich(event.workspace_id, event.data),
        )
        return _Job(delivery, body, open_keys(endpoint), open_headers(endpoint))

    def _deliver(self, job: _Job, wakeup: Wakeup) -> None:
        try:
            outcome = job.send(self._sender)
        except Exception as error:  # a bug of ours must not leave the delivery without an outcome
            log.exception("courier: %s could not be sent", job.delivery.id)
            outcome = Outcome("sender_failed", detail=type(error).__name__)
        crashpoint("webhooks.sent")
        self._done.put(Sent(job.delivery, outcome, random.random()))
        wakeup.set()


class _Job:
    """A delivery with all that is needed to send it."""

    def __init__(self, delivery: Delivery, body: dict[str, Any], keys: list[Keys], headers: dict[str, str]) -> None:
        self.delivery, self._body, self._keys, self._headers = delivery, body, keys, headers

    def send(self, sender: Sender) -> Outcome:
        """Sign with the time of this try, and send; never more bytes than the documents promise."""
        body = sign_body(self._body, self._keys)
        if len(body) > MAX_BODY:
            return Outcome(TOO_LARGE, detail=f"The body would have {len(body):,} bytes; at most {MAX_BODY:,} are sent.")
        signed = sign_headers(self._body["id"], int(time.time()), body, self._keys)
        fixed = {"Content-Type": "application/json", "User-Agent": AGENT}
        return sender.send(self.delivery.endpoint.url, body, self._headers | fixed | signed)


def make_sender() -> Sender:
    """A sender under this installation's settings."""
    return Sender(outbound_policy(), outbound_resolver(), tls_context(settings.ATELIER_WEBHOOK_CA_FILE))
