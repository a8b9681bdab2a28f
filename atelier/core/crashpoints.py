"""Named places where a fault test may kill the process; inert unless ATELIER_CRASHPOINT names one."""

from __future__ import annotations

import os
import signal

from django.conf import settings


def crashpoint(name: str) -> None:
    """Die by SIGKILL here when the environment asks for it: nothing is flushed, nothing is cleaned up."""
    if settings.ATELIER_CRASHPOINT == name:
        os.kill(os.getpid(), signal.SIGKILL)
