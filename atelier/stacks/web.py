"""The HTTP server of the web process as threads of this one: no signals, no processes of its own."""

from __future__ import annotations

import socket
import threading

from atelier.site.serving import Application, Server
from atelier.stacks.ports import HOST

WATCHERS = 24
"""ATELIER_WATCHERS by default: event streams and waiting requests hold a thread each."""
THREADS = 8 + WATCHERS


class WebServer:
    """Serves `application` on 127.0.0.1:`port` from `start` to `stop`. OSError when the port is taken."""

    def __init__(self, application: Application, port: int) -> None:
        self._server = Server(application, socket.create_server((HOST, port)), THREADS)
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    def start(self) -> None:
        """Begin to answer; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Accept no more connections, give running requests a moment, close what is left."""
        self._server.end()
        self._thread.join()
        self._server.close()

    @property
    def alive(self) -> bool:
        """True while the server's loop runs."""
        return self._thread.is_alive()
