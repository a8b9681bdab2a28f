"""The scheduler: dispatch, relay, reap, reconcile, books and upkeep, each in its own loop. Run as many as you like."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import connection

from atelier.audit.heads import publish_heads
from atelier.celery import app
from atelier.core.db import listen
from atelier.core.db.database import attempt
from atelier.core.db.policies import check_policies
from atelier.core.db.tenancy import across
from atelier.evidence import head_store, verify_nightly
from atelier.messaging.outbox.relay import BATCH, relay_batch
from atelier.messaging.outbox.services import CHANNEL as OUTBOX_CHANNEL
from atelier.messaging.outbox.services import delete_published
from atelier.messaging.routing import routes
from atelier.webhook_wiring import LOST_AT_ONCE, record_lost
from billing.services.grants import expire_grants
from billing.services.holds import expire_holds
from billing.services.plans import renew_plans
from generation.services.cleanup import AT_ONCE, delete_old_answers, delete_old_events
from generation.services.events import DISPATCH_CHANNEL
from generation.services.recovery import reap, reconcile
from generation.services.scheduling import dispatch_next
from storage.services import delete_expired
from webhooks.services.upkeep import forget_old, keep_up

log = logging.getLogger(__name__)
FORGOTTEN_AT_ONCE = 1000
NEWEST_MESSAGES = 10_000
"""How far back the outbox is compared with the recorded events often; all of it is, every hour."""


@dataclass(frozen=True, slots=True)
class Loop:
    """`work` runs every `seconds`, at once when `channel` is notified, and again while it returns above zero."""

    name: str
    work: Callable[[], int]
    seconds: float
    channel: str | None = None


def _reconcile() -> int:
    wrong = reconcile()
    if wrong:
        log.error("invariants broken: %s", wrong)
    return 0


def _forget() -> int:
    delete_old_answers()
    return (delete_published() + delete_old_events()) // AT_ONCE


def _keep_books() -> int:
    """What the calendar does to the books, and the evidence of it outside the database."""
    renew_plans()
    expire_grants()
    expire_holds()
    publish_heads(head_store())
    return 0


def _verify() -> int:
    verify_nightly()
    return 0


def _relay() -> Callable[[], int]:
    destinations = routes(app)
    return lambda: relay_batch(destinations) // BATCH  # one that was not full left nothing to send


def _record_lost() -> int:
    return int(record_lost(NEWEST_MESSAGES) == LOST_AT_ONCE)


def _record_all_lost() -> int:
    return int(record_lost() == LOST_AT_ONCE)


def _forget_webhooks() -> int:
    return forget_old() // FORGOTTEN_AT_ONCE


LOOPS = (
    Loop("dispatch", lambda: int(dispatch_next()), 1.0, DISPATCH_CHANNEL),
    Loop("relay", _relay(), 1.0, OUTBOX_CHANNEL),
    Loop("reap", reap, min(5.0, settings.ATELIER_LEASE_SECONDS / 4)),
    Loop("reconcile", _reconcile, 60.0),
    Loop("books", _keep_books, 60.0),
    Loop("verify", _verify, 3600.0),
    Loop("forget", _forget, 3600.0),
    Loop("retention", delete_expired, 600.0),
    Loop("webhooks", keep_up, 5.0),
    Loop("lost events", _record_lost, settings.ATELIER_WAKE_SECONDS),
    Loop("all lost events", _record_all_lost, 3600.0),
    Loop("forget webhooks", _forget_webhooks, 600.0),
)


def run(stop: threading.Event) -> None:
    """Run all loops until `stop` is set, and until they have ended. Raises ImproperlyConfigured (`check_policies`)."""
    attempt(check_policies, "policies")
    log.info("scheduler runs %s", ", ".join(loop.name for loop in LOOPS))
    wakeups = {loop.name: threading.Event() for loop in LOOPS}
    threads = [
        threading.Thread(
            target=_repeat, args=(loop, wakeups[loop.name], stop), name=f"scheduler-{loop.name}", daemon=True
        )
        for loop in LOOPS
    ]
    channels = {loop.channel: wakeups[loop.name] for loop in LOOPS if loop.channel}
    threads.append(threading.Thread(target=_listen, args=(channels, stop), name="scheduler-listen", daemon=True))
    for thread in threads:
        thread.start()
    stop.wait()
    for wakeup in wakeups.values():
        wakeup.set()
    for thread in threads:
        thread.join(timeout=10)


def _repeat(loop: Loop, wakeup: threading.Event, stop: threading.Event) -> None:
    while True:
        wakeup.clear()
        if stop.is_set():  # asked after the clearing: or a stop in between would wait for the loop's whole pause
            return
        if not _once(loop):
            connection.close()
            wakeup.wait(loop.seconds)


def _once(loop: Loop) -> bool:
    """One round; True when there may be more to do at once. An error is logged and waits for the next round."""
    try:
        with across("scheduler"):
            return (attempt(loop.work, loop.name) or 0) > 0
    except Exception:
        log.exception("scheduler loop %s failed", loop.name)
        return False


def _listen(wakeups: dict[str, threading.Event], stop: threading.Event) -> None:
    """Wake the loops on NOTIFY. While the database is away the loops go on by their clocks."""
    while not stop.is_set():
        try:
            with listen.connect() as listening:
                for channel in wakeups:
                    listening.execute(f"LISTEN {channel}")
                while not stop.is_set():
                    for notice in listening.notifies(timeout=1.0, stop_after=1):
                        wakeups[notice.channel].set()
        except psycopg.Error as error:
            log.warning("listener: database unavailable, will retry: %s", error)
            time.sleep(1)
