"""A crash point stops the process where it stands, whichever thread comes to it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.processes import is_frozen

ROUNDS = 100
_FREEZE_AGAIN_AND_AGAIN = f"""
import sys, threading
from django.conf import settings
settings.configure(ATELIER_CRASHPOINT="here:SIGSTOP")
from atelier.core.crashpoints import crashpoint

def link():
    for done in range({ROUNDS}):
        crashpoint("elsewhere")
        crashpoint("here")
        print(done, flush=True)

thread = threading.Thread(target=link)
thread.start()
thread.join()
"""


def test_a_thread_that_freezes_its_process_does_nothing_more(tmp_path: Path) -> None:
    """The main thread only waits, as a worker's does while a link draws."""
    printed = tmp_path / "printed"
    argv = [sys.executable, "-c", _FREEZE_AGAIN_AND_AGAIN]
    with printed.open("w") as output, subprocess.Popen(argv, stdout=output) as child:
        try:
            for rounds in range(ROUNDS):
                _wait_until_stopped(child)
                assert len(printed.read_text().split()) == rounds
                child.send_signal(signal.SIGCONT)
            assert child.wait(10) == 0
        finally:
            child.kill()


def _wait_until_stopped(child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while not is_frozen(child.pid):
        assert child.poll() is None and time.monotonic() < until, "it did not freeze"
        time.sleep(0.001)
