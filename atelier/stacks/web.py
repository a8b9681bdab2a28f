"""A threaded WSGI server inside this process: keep-alive, streaming answers, no signals of its own.

Waitress, because gunicorn needs the main thread and processes of its own, and the standard library's server
opens a connection for every request. An idle connection costs no thread here; an event stream holds one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from atelier.stacks.ports import HOST

THREADS = 16
LARGEST_BODY = 2_000_000  # bytes; the API itself refuses more than 1 MB with a proper answer
LOOK_SECONDS = 0.2
GRACE_SECONDS = 3


class WebServer:
    """Serves `application` on 127.0.0.1:`port` from `start` to `stop`. OSError when the port is taken."""

    def __init__(self, application: Callable[..., Any], port: int) -> None:
        self._sockets: dict[int, Any] = {}
        # send_bytes=1: an event is sent when it is written, not when a buffer is full.
        self._server = create_server(
            application,
            map=self._sockets,
            host=HOST,
            port=port,
            threads=THREADS,
            send_bytes=1,
            ident="atelier",
            max_request_body_size=LARGEST_BODY,
            clear_untrusted_proxy_headers=True,
        )
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    def start(self) -> None:
        """Begin to answer; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Accept no more connections, give running requests a moment, close what is left."""
        self._ending.set()
        self._thread.join()
        self._server.task_dispatcher.shutdown(timeout=GRACE_SECONDS)
        wasyncore.close_all(self._sockets, ignore_all=True)

    @property
    def alive(self) -> bool:
        """True while the server's loop runs."""
        return self._thread.is_alive()

    def _serve(self) -> None:
        # Waitress's own loop ends only with the process; the sockets may be closed by its thread alone.
        while not self._ending.is_set():
            wasyncore.loop(timeout=LOOK_SECONDS, map=self._sockets, use_poll=True, count=1)
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()
