"""Named places where a fault test may kill or freeze the process; inert unless ATELIER_CRASHPOINT arms them."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

from django.conf import settings


def crashpoint(name: str) -> None:
    """Die by SIGKILL here when the environment asks for it: nothing is flushed, nothing is cleaned up.

    ATELIER_CRASHPOINT is the name of a point; or `name:SIGSTOP`, which freezes the process until somebody sends
    SIGCONT; or a directory (an absolute path), in which a file `worker.name` holding a signal's name arms the
    point of that worker for one time.
    """
    armed = settings.ATELIER_CRASHPOINT
    if not armed:
        return
    if armed.startswith("/"):
        number = _take(Path(armed) / f"{settings.ATELIER_WORKER_NAME}.{name}")
    else:
        wanted, _, text = armed.partition(":")
        number = (text or "SIGKILL") if wanted == name else ""
    if number:
        # To this thread: a signal to the process goes to its main thread, and this one would go on until that one runs.
        signal.pthread_kill(threading.get_ident(), signal.Signals[number])


def _take(file: Path) -> str:
    """What the file says, and no file any more; empty without one."""
    try:
        text = file.read_text()
        file.unlink()
    except FileNotFoundError:
        return ""
    return text
