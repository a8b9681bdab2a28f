"""Named places where a fault test may kill or freeze the process; inert unless ATELIER_CRASHPOINT names one."""

from __future__ import annotations

import os
import signal

from django.conf import settings


def crashpoint(name: str) -> None:
    """Die by SIGKILL here when the environment asks for it: nothing is flushed, nothing is cleaned up.

    `name:SIGSTOP` freezes the process instead, until somebody sends SIGCONT.
    """
    wanted, _, number = settings.ATELIER_CRASHPOINT.partition(":")
    if wanted == name:
        os.kill(os.getpid(), signal.Signals[number or "SIGKILL"])
