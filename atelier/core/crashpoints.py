"""Named places where a fault test may kill or freeze the process; inert unless ATELIER_CRASHPOINT arms them."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

from django.conf import settings


def crashpoint(name: str) -> None:
    """Send this process SIGKILL if ATELIER_CRASHPOINT names this point: nothing is flushed, nothing is cleaned up.

    ATELIER_CRASHPOINT is the name of a point; or `name:SIGSTOP`, which freezes the process until somebody sends
    SIGCONT; or a directory (an absolute path): a file `worker.name` in it, which contains the name of a signal, arms
    the point in that worker once.
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
        # To this thread: the main thread handles signals to the process, and until it runs this thread would go on.
        signal.pthread_kill(threading.get_ident(), signal.Signals[number])


def _take(file: Path) -> str:
    """Read and delete the file; its text, or "" if there is none."""
    try:
        text = file.read_text()
        file.unlink()
    except FileNotFoundError:
        return ""
    return text
