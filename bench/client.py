"""A lean HTTP client that keeps its connection, and eight processes of it.

The clients share the machine with the server here, so each must cost as little of it as possible.
"""

from __future__ import annotations

import json
import multiprocessing
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

HOST = "127.0.0.1"
GENERATE = "/api/v1/atelier/generate"
WARM_UP = 3
TIMEOUT_SECONDS = 30.0


class UnexpectedAnswer(Exception):
    """The server said something else than the benchmark needs."""


@dataclass(frozen=True)
class Post:
    """One request: where to, with which key, what, and the status it should get."""

    path: str
    key: str
    body: dict[str, Any]
    status: int = 202
    idempotency_key: str = ""

    def encode(self) -> bytes:
        """The request as bytes of HTTP/1.1."""
        content = json.dumps(self.body).encode()
        repeat = f"Idempotency-Key: {self.idempotency_key}\r\n" if self.idempotency_key else ""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {self.key}\r\n{repeat}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content


class Client:
    """One kept connection to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open()

    def send(self, post: Post) -> dict[str, Any]:
        """The answer's JSON. Raises UnexpectedAnswer, or OSError when the server does not answer in 30 s."""
        status, content = self._exchange(post.encode())
        if status != post.status:
            raise UnexpectedAnswer(f"{post.path} answered {status}: {content[:500]!r}")
        answer: dict[str, Any] = json.loads(content)
        return answer

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _open(self) -> None:
        self._socket = socket.create_connection((HOST, self._port), timeout=TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if select.select([self._socket], [], [], 0)[0]:  # the server hung up while there was nothing to ask
            self.close()
            self._open()
        self._socket.sendall(request)
        head, _, content = self._receive(b"", lambda seen: b"\r\n\r\n" in seen).partition(b"\r\n\r\n")
        fields = head.lower().split(b"\r\n")
        length = next(int(line.partition(b":")[2]) for line in fields if line.startswith(b"content-length:"))
        content = self._receive(content, lambda seen: len(seen) >= length)
        if b"connection: close" in fields:
            self.close()
            self._open()
        return int(fields[0].split()[1]), content

    def _receive(self, seen: bytes, enough: Any) -> bytes:
        while not enough(seen):
            piece = self._socket.recv(65536)
            if not piece:
                raise UnexpectedAnswer(f"The server hung up after {seen!r}")
            seen += piece
        return seen


def run_clients(port: int, shares: Sequence[Sequence[Post]]) -> tuple[list[float], float]:
    """Send every share from a process of its own, all at the same time: milliseconds a request, and seconds in all.

    The first three requests of every client warm the connection up and are not counted.
    """
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(len(shares))
    with context.Pool(len(shares), _enter, (start,)) as pool:
        outcomes = pool.starmap(_work, [(port, list(share)) for share in shares], chunksize=1)
    begun, ended = min(outcome[0] for outcome in outcomes), max(outcome[1] for outcome in outcomes)
    return [took for outcome in outcomes for took in outcome[2]], ended - begun


_start: Barrier | None = None


def _enter(start: Barrier) -> None:
    global _start
    _start = start


def _work(port: int, posts: list[Post]) -> tuple[float, float, list[float]]:
    client = Client(port)
    for post in posts[:WARM_UP]:
        client.send(post)
    requests = [(post, post.encode()) for post in posts[WARM_UP:]]
    assert _start is not None
    _start.wait(TIMEOUT_SECONDS)
    begun, times = time.time(), []
    for post, encoded in requests:
        times.append(_timed(client, post, encoded))
    return begun, time.time(), times


def _timed(client: Client, post: Post, encoded: bytes) -> float:
    sent = time.perf_counter()
    status, content = client._exchange(encoded)
    took = (time.perf_counter() - sent) * 1000
    if status != post.status:
        raise UnexpectedAnswer(f"{post.path} answered {status}: {content[:500]!r}")
    return took
