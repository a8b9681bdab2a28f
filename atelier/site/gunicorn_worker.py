"""A Gunicorn worker that serves through Waitress: `--worker-class atelier.site.gunicorn_worker.BufferedWorker`.

Gunicorn keeps the processes (forks them, restarts one that died or hangs, ends them gracefully); Waitress speaks HTTP.
"""

from __future__ import annotations

import os
from typing import Any

from gunicorn.workers.base import Worker

from atelier.site.serving import Server


class BufferedWorker(Worker):
    """Uses `--threads` and `--graceful-timeout`; what bounds connections stands in `atelier.site.serving`."""

    def run(self) -> None:
        """Serve until told to stop. Called by Gunicorn in the child process, once the application is loaded."""
        self._server = Server(self.wsgi, self.sockets[0].sock, self.cfg.threads)
        self._server.run(self._look)
        self._server.close(self.cfg.graceful_timeout)

    def _look(self) -> None:
        self.notify()
        if not self.alive or self.ppid != os.getppid():
            self._server.end()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """SIGQUIT and SIGINT: stop without waiting for what runs."""
        self.alive = False
        self.cfg.set("graceful_timeout", 0)
