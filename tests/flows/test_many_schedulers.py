"""Four schedulers in parallel: one command that may run many times dispatches and settles everything once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from atelier.stacks.home import PROJECT
from tests.support.installation import Installation, wait_until

MORE, EACH = 3, 10
LISTENING = "SELECT count(*) FROM pg_stat_activity WHERE starts_with(query, 'LISTEN atelier_')"


def test_each_generation_is_dispatched_once(installation: Installation) -> None:
    apis = [installation.api(tier) for tier in ("studio", "professional", "starter")]
    with more_schedulers(installation):
        ids = [(api, name) for api in apis for name in api.generate_many([{}] * EACH)]
        assert {api.wait(name, 90)["status"] for api, name in ids} == {"completed"}
    told = """SELECT status, attempt, wakes, (SELECT count(*) FROM outbox_outboxmessage
        WHERE event = 'generation.dispatched' AND subject = g.id) FROM generation_generation g WHERE id = ANY(%s)"""
    assert set(installation.query(told, [name for _, name in ids])) == {("completed", 1, 1, 1)}


@contextmanager
def more_schedulers(installation: Installation) -> Iterator[None]:
    """Beside the stack's own; ended by pid, and each ends well."""
    command = [sys.executable, "manage.py", "scheduler"]
    running = [
        subprocess.Popen(command, cwd=PROJECT, env=installation.stack.environment(), stderr=subprocess.DEVNULL)
        for _ in range(MORE)
    ]
    try:
        wait_until(lambda: installation.value(LISTENING) == 1 + MORE, "all schedulers listen", 60)
        yield
        assert [process.poll() for process in running] == [None] * MORE
    finally:
        for process in running:
            process.terminate()
        ends = [process.wait(30) for process in running]
    assert ends == [0] * MORE
