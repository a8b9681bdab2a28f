"""Waiting for NOTIFY: nothing is missed, whoever waits is woken, and a restart of PostgreSQL is survived."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from atelier.core.db.database import notify
from atelier.core.db.listen import Listener
from atelier.stacks.postgres import Postgres

CHANNEL = "atelier_test"
pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener(CHANNEL)


def drain(wakeup: object) -> None:
    """Take what rang before: the first connection wakes everybody."""
    while wakeup.wait(0.05):
        pass


def test_a_notification_wakes_those_who_wait_for_it_and_nobody_else(listener: Listener) -> None:
    with listener.subscribe("a") as first, listener.subscribe("a") as second, listener.subscribe("b") as other:
        for wakeup in (first, second, other):
            drain(wakeup)
        notify(CHANNEL, "a")
        assert first.wait(5)
        assert second.wait(5)
        assert not other.wait(0.1)


def test_what_is_notified_between_the_first_read_and_the_wait_is_not_missed(listener: Listener) -> None:
    with listener.subscribe("a") as wakeup:
        drain(wakeup)
        notify(CHANNEL, "a")
        time.sleep(0.3)
        assert wakeup.wait(0)
        assert not wakeup.wait(0)


def test_a_hundred_waiting_threads_share_one_connection(listener: Listener) -> None:
    woken = threading.Barrier(101, timeout=20)

    def wait() -> bool:
        with listener.subscribe("crowd") as wakeup:
            drain(wakeup)
            woken.wait()
            return wakeup.wait(10)

    with ThreadPoolExecutor(100) as threads:
        waiting = [threads.submit(wait) for _ in range(100)]
        woken.wait()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE %s", [f'LISTEN "{CHANNEL}"%'])
            assert cursor.fetchone()[0] <= 1
        notify(CHANNEL, "crowd")
        assert all(thread.result() for thread in waiting)


def test_a_restart_of_the_database_wakes_everybody_and_listening_goes_on(
    listener: Listener, postgres: Postgres
) -> None:
    with listener.subscribe("a") as wakeup:
        drain(wakeup)
        connection.close()
        postgres.restart("immediate")
        assert wakeup.wait(15)
        drain(wakeup)
        for attempt in range(20):
            try:
                notify(CHANNEL, "a")
                break
            except Exception:
                connection.close()
                time.sleep(0.2 * attempt)
        assert wakeup.wait(5)


def test_nobody_who_has_left_is_remembered(listener: Listener) -> None:
    with listener.subscribe("gone"):
        pass
    assert "gone" not in listener._wakeups
