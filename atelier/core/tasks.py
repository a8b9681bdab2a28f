"""The name of the process that runs a task."""

from __future__ import annotations

import os
import socket

from django.conf import settings


def worker_name() -> str:
    """ATELIER_WORKER_NAME, or host:pid: unique among the processes that are alive."""
    return settings.ATELIER_WORKER_NAME or f"{socket.gethostname()}:{os.getpid()}"
