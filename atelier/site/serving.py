"""The HTTP server of the web process: Waitress, which reads requests and sends answers without a thread of its own.

A thread is needed only while a request is being answered: it has then arrived in full, and what a slow reader has not
taken yet waits in a buffer. A client that leaves is noticed while its answer is being made (`client_disconnected`).
What this module adds: refusals as problem documents, streams that can be told from cut ones, and a bound on the time
and the number of half-received requests. docs/adr/0016 compares servers.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask, WSGITask

Application = Callable[..., Any]

CONNECTIONS = 2000
"""Open connections of a process. Each costs about 2 kB and no thread."""
ARRIVE_SECONDS = 60
"""How long a request may take to arrive in full, header and body."""
IDLE_SECONDS = 65
"""How long a connection stays open without a request: longer than the pools of proxies keep theirs (nginx: 60 s)."""
LARGEST_BODY = 2_000_000
"""Bytes. The API refuses more than 1 MB itself, with a better answer."""
LOOK_SECONDS = 0.2
GRACE_SECONDS = 3

_CODES = {
    400: ("bad_request", "The request cannot be understood"),
    413: ("body_too_large", "The body is too large"),
    431: ("header_too_large", "The header is too large"),
    501: ("not_implemented", "The request uses a transfer coding that is not served"),
    500: ("internal_error", "Something went wrong on this side"),
}


class ProblemTask(ErrorTask):
    """A refusal before the application was asked, as RFC 9457 wants it."""

    def execute(self) -> None:
        error = self.request.error
        code, title = _CODES.get(error.code, _CODES[400])
        document = {"type": "about:blank", "title": title, "status": error.code, "detail": error.body, "code": code}
        body = json.dumps(document).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend([("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")])
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class StreamingTask(WSGITask):
    """Keeps the connection open after an answer in chunks.

    With `Connection: close` some clients (Node's fetch) take the end of the connection for the end of the answer, and
    a stream that was cut looks complete.
    """

    close_on_finish: bool

    def build_response_header(self) -> bytes:
        asked_to_close, closing = self.close_on_finish, self.request.headers.get("CONNECTION", "").lower() == "close"
        head: bytes = super().build_response_header()
        if self.chunked_response and not asked_to_close and not closing:
            self.close_on_finish = False
            head = head.replace(b"\r\nConnection: close\r\n", b"\r\n", 1)
        return head


class Channel(HTTPChannel):
    """A connection. `arriving_since` is when the first byte of an unfinished request came, 0.0 without one."""

    task_class = StreamingTask
    error_task_class = ProblemTask
    arriving_since = 0.0

    def received(self, data: bytes) -> bool:
        got: bool = super().received(data)
        if self.request is None:
            self.arriving_since = 0.0
        elif not self.arriving_since:
            self.arriving_since = time.time()
        return got


class Server:
    """Serves `application` on a bound socket from `start` to `stop`, with `threads` requests answered at once."""

    def __init__(self, application: Application, listening: socket.socket, threads: int) -> None:
        self._sockets: dict[int, Any] = {}
        # send_bytes=1: an event is sent when it is written, not when a buffer is full.
        # channel_request_lookahead=1: the connection is read while its request is answered, so that its end is noticed.
        self._server: Any = create_server(
            application,
            map=self._sockets,
            _start=False,
            sockets=[listening],
            threads=threads,
            send_bytes=1,
            ident="atelier",
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=5,
            channel_request_lookahead=1,
            max_request_body_size=LARGEST_BODY,
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = Channel
        self._ending = threading.Event()

    def run(self, each_look: Callable[[], None] = lambda: None) -> None:
        """Answer until `end`, in this thread; `each_look` is called at least five times a second."""
        self._server.accept_connections()
        checked_at = time.time()
        while not self._ending.is_set():
            # Waitress's own loop ends only with the process; the sockets may be closed by its thread alone.
            wasyncore.loop(timeout=LOOK_SECONDS, map=self._sockets, use_poll=True, count=1)
            each_look()
            if (now := time.time()) - checked_at > 1:
                checked_at = now
                self._drop_slow(now)
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()

    def end(self) -> None:
        """Let `run` return: no new connections."""
        self._ending.set()

    def close(self, seconds: float = GRACE_SECONDS) -> None:
        """After `run`: give running requests a moment, close what is left."""
        self._server.task_dispatcher.shutdown(timeout=seconds)
        wasyncore.close_all(self._sockets, ignore_all=True)

    def _drop_slow(self, now: float) -> None:
        """Close connections whose request takes too long, and the oldest of them when there are hardly any left."""
        arriving = [one for one in self._server.active_channels.values() if one.arriving_since and not one.requests]
        late = [one for one in arriving if now - one.arriving_since > ARRIVE_SECONDS]
        crowd = len(self._sockets) - CONNECTIONS * 9 // 10
        if crowd > len(late):
            late = sorted(arriving, key=lambda one: float(one.arriving_since))[:crowd]
        for channel in late:
            channel.will_close = True
