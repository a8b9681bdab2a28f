"""The wire of one call: a connection to a checked address that keeps a deadline and a budget of bytes.

`http.client` already follows no redirect, knows no proxy and decompresses nothing.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from atelier.core.outbound.addresses import Target


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes that one call may cost, whatever the receiver does."""

    connect: float = 3.0
    first_byte: float = 10.0
    total: float = 15.0
    read_bytes: int = 20_000
    headers: int = 64


class ConnectFailed(OSError):
    """No connection to any of the addresses; `timed_out` when that was the reason."""

    def __init__(self, message: str, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out


class AnswerTooLarge(OSError):
    """More bytes than the budget has."""


class BoundedSocket:
    """A connected socket for `http.client` that gives nothing after its deadline and no byte above its budget."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self.address: str = connected.getpeername()[0]
        self.received = 0
        self._reading, self._closed = 0, False
        self._deadline = self._first_byte = 0.0
        self._budget = 0

    def begin(self, limits: Limits, deadline: float) -> None:
        """A new call: its clocks and its budget."""
        self._deadline, self._first_byte = deadline, min(deadline, time.monotonic() + limits.first_byte)
        self._budget, self.received = limits.read_bytes, 0

    def sendall(self, content: bytes) -> None:
        self._socket.settimeout(self._left(self._deadline))
        self._socket.sendall(content)

    def receive(self, buffer: Any) -> int:
        """Read into `buffer`. Raises TimeoutError, `AnswerTooLarge`."""
        if self.received >= self._budget:
            raise AnswerTooLarge(f"more than {self._budget} bytes")
        view = memoryview(buffer)[: self._budget - self.received]
        self._socket.settimeout(self._left(self._deadline if self.received else self._first_byte))
        count = self._socket.recv_into(view)
        self.received += count
        return count

    def makefile(self, mode: str, *_: Any, **__: Any) -> io.BufferedReader:
        self._reading += 1
        return io.BufferedReader(_Reader(self), 4096)

    def done_reading(self) -> None:
        """A reader was closed: the socket too, if that waited for it."""
        self._reading -= 1
        if self._closed:
            self.close()

    def is_quiet(self) -> bool:
        """True while the other side has neither closed nor said anything unasked: the connection can be used again."""
        try:
            self._socket.setblocking(False)
            self._socket.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close once nobody reads any more: `http.client` closes before the body of a last answer is read."""
        self._closed = True
        if self._reading <= 0:
            self._socket.close()

    @staticmethod
    def _left(deadline: float) -> float:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time of the call is over")
        return left


class _Reader(io.RawIOBase):
    """What `http.client` reads an answer from."""

    def __init__(self, bounded: BoundedSocket) -> None:
        self._bounded = bounded

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._bounded.receive(buffer)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._bounded.done_reading()


class PinnedConnection(http.client.HTTPConnection):
    """Connects to one of the addresses that were checked, and to nothing else; TLS with the name of the target."""

    sock: Any

    def __init__(self, target: Target, addresses: Sequence[str], context: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port)
        self.default_port = 443 if target.scheme == "https" else 80
        self._target, self._addresses, self._context = target, list(addresses), context
        self._limits, self._deadline = Limits(), 0.0

    def begin(self, limits: Limits, deadline: float) -> None:
        """Before each call; connects where there is no connection yet. Raises `ConnectFailed`, SSLError."""
        self._limits, self._deadline = limits, deadline
        if self.sock is None:
            self.connect()
        self.sock.begin(limits, deadline)

    def connect(self) -> None:
        raw = self._connect_to_one()
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = BoundedSocket(self._secured(raw))
        except BaseException:
            raw.close()
            raise

    def _secured(self, raw: socket.socket) -> socket.socket:
        if self._target.scheme != "https":
            return raw
        raw.settimeout(max(0.001, min(self._limits.first_byte, self._deadline - time.monotonic())))
        return self._context.wrap_socket(raw, server_hostname=self._target.host)

    def _connect_to_one(self) -> socket.socket:
        until = min(self._deadline, time.monotonic() + self._limits.connect)
        failure: OSError = TimeoutError("no time left to connect")
        for address in self._addresses:
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                return socket.create_connection((address, self._target.port), timeout=left)
            except OSError as error:
                failure = error
        raise ConnectFailed(str(failure), isinstance(failure, TimeoutError)) from failure


def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """Certificates are verified against the system's authorities, and those of `ca_file`."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
