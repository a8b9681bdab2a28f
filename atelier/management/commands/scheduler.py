"""manage.py scheduler: run the dispatch, relay, reap and reconcile loops until SIGTERM."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from atelier.scheduler import run


class Command(BaseCommand):
    help = "Dispatch, relay, reap and reconcile. Safe to run many times in parallel."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        run(stop)
