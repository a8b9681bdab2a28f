"""PostgreSQL is shut down at once, as by `pg_ctl -m immediate`, three times under load. Nobody helps."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import psycopg
import pytest

from tests.support.client import Api
from tests.support.installation import Installation, wait_until

pytestmark = pytest.mark.stack

RESTARTS = 3
RECOVERY_SECONDS = 30
CLIENTS = 2


def test_three_immediate_restarts_under_load(
    installation: Installation, record_property: pytest.RecordProperty
) -> None:
    others = {name: pid for name, pid in installation.stack.pids.items() if name != "postgres"}
    clients = [_Client(installation.api(tier)) for tier in ("studio", "professional")[:CLIENTS]]
    for client in clients:
        client.start()
    recoveries = [_restart(installation) for _ in range(RESTARTS)]
    for client in clients:
        client.stop()
    record_property("seconds_to_recover", recoveries)
    installation.judge()
    assert {name: pid for name, pid in installation.stack.pids.items() if name != "postgres"} == others
    for client in clients:
        assert (
            client.clicks == len(set(client.ids)) == len(client.api.call("GET", "/projects?limit=100").json["projects"])
        )


def _restart(installation: Installation) -> float:
    """Seconds from the shutdown until a generation of afterwards is completed."""
    born, begun = installation.value("SELECT pg_postmaster_start_time()"), time.monotonic()
    installation.stack.send("postgres", signal.SIGQUIT)
    wait_until(lambda: _birth(installation) not in (None, born), "PostgreSQL is back", RECOVERY_SECONDS)
    wait_until(lambda: _completed_since_birth(installation), "work is done again", RECOVERY_SECONDS)
    return round(time.monotonic() - begun, 1)


def _birth(installation: Installation) -> Any:
    """When the server was started; None while there is none."""
    try:
        return installation.value("SELECT pg_postmaster_start_time()")
    except psycopg.OperationalError:
        return None


def _completed_since_birth(installation: Installation) -> bool:
    question = """SELECT count(*) > 0 FROM generation_generation
        WHERE status = 'completed' AND created_at > pg_postmaster_start_time()"""
    return installation.value(question)


def _count(installation: Installation, ids: list[str]) -> int:
    """Generations of the workspace to which these belong."""
    question = """SELECT count(*) FROM generation_generation
        WHERE workspace_id = (SELECT workspace_id FROM generation_generation WHERE id = %s)"""
    return installation.value(question, ids[0])


class _Client(threading.Thread):
    """Clicks again and again; a click that got no answer is repeated with its key until it has one."""

    def __init__(self, api: Api) -> None:
        super().__init__(daemon=True)
        self.api, self.clicks = api, 0
        self.ids: list[str] = []
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            self.clicks += 1
            self._click(f"click {self.clicks}")
            self._stopping.wait(0.3)

    def _click(self, key: str) -> None:
        while (answer := self.api.post({"model": "quick"}, Idempotency_Key=key)).status != 202:
            time.sleep(0.2)
        self.ids.append(answer.json["generationId"])

    def stop(self) -> None:
        """Finish the last click."""
        self._stopping.set()
        self.join(60)
        assert not self.is_alive()
