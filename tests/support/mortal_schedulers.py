"""Schedulers that live until a crash point kills them. `python -m tests.support.mortal_schedulers`

Reads names of crash points, one a line. For each it forks a process that runs the scheduler, all its loops, until
SIGKILL takes it there, and prints the number of the signal and the seconds it lived. A number instead of a name is
the time after which SIGKILL takes it wherever it is. The product is imported once: fifty lives take seconds.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import django

LIFE_SECONDS = 30


def main() -> None:
    """Do as standard input says."""
    django.setup()
    from atelier.scheduler import run

    for line in sys.stdin:
        begun, point = time.monotonic(), line.strip()
        child = os.fork()
        if child == 0:
            _live(run, point)
        if point[0].isdigit():
            time.sleep(float(point))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        lived = time.monotonic() - begun
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, f"{lived:.1f}", flush=True)


def _live(run, point: str) -> None:  # noqa: ANN001  (imported only once Django is ready)
    from django.conf import settings

    settings.ATELIER_CRASHPOINT = point
    stop = threading.Event()
    threading.Timer(LIFE_SECONDS, stop.set).start()
    run(stop)
    os._exit(0)


if __name__ == "__main__":
    main()
