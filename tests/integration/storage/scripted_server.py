"""An HTTP server that answers as it is told: S3's bad days, which no healthy server shows on demand."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True)
class Answer:
    """`status` 0 closes the connection without a word; `pause` in seconds comes before; S3's error code as XML.

    `etag` is the entity tag, none when empty; `length` is what a HEAD says of the size.
    """

    status: int
    code: str = ""
    body: bytes = b""
    pause: float = 0.0
    etag: str = ""
    length: int = 0


@dataclass
class Script:
    """The answers in order, the last one for ever after; `asked` lists the methods that came."""

    url: str
    asked: list[str] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answers: Sequence[Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.script = Script(f"http://127.0.0.1:{self.server_address[1]}")

    def next_answer(self, method: str) -> Answer:
        self.script.asked.append(method)
        return self.answers[min(len(self.script.asked), len(self.answers)) - 1]


@contextmanager
def scripted(answers: Sequence[Answer]) -> Iterator[Script]:
    """A server on a free port of this machine for the length of the block."""
    server = _Server(answers)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.server.next_answer(self.command)
        time.sleep(answer.pause)
        self.close_connection = True
        if answer.status:
            with suppress(ConnectionError):  # a client that gave up is part of the script
                self._send(answer)

    def _send(self, answer: Answer) -> None:
        error = f"<Error><Code>{answer.code}</Code><Message>scripted</Message></Error>".encode()
        body = error if answer.code else answer.body
        self.send_response(answer.status)
        self.send_header("Content-Length", str(answer.length if self.command == "HEAD" else len(body)))
        if answer.etag:
            self.send_header("ETag", f'"{answer.etag}"')
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the test says what matters."""
