"""A proxy that cuts connections in the middle of an event stream, as a train in a tunnel does."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from atelier.stacks.ports import HOST


class CuttingProxy:
    """Forwards to `target`. The first `cuts` connections are cut after so many more `events`."""

    def __init__(self, target: int, cuts: int, events: int) -> None:
        self._target, self._events, self.cuts_left, self.connections = target, events, cuts, 0
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.connections += 1
                server = socket.create_connection((HOST, self._target))
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                threading.Thread(target=self._deliver, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := client.recv(65536):
                server.sendall(part)
            server.shutdown(socket.SHUT_RDWR)

    def _deliver(self, server: socket.socket, client: socket.socket) -> None:
        cuts, seen = self.cuts_left > 0, b""
        with contextlib.suppress(OSError), client, server:
            while part := server.recv(65536):
                before, seen = len(seen), seen + part
                if cuts and (end := _end_of_event(seen, self._events)):
                    self.cuts_left -= 1
                    client.sendall(seen[before:end])
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(part)


def _end_of_event(stream: bytes, number: int) -> int:
    """Where that event ends; 0 when it has not come yet. Only events have an empty line behind `data`."""
    place = 0
    for _ in range(number):
        data = stream.find(b"\ndata: ", place)
        place = stream.find(b"\n\n", data) + 2 if data >= 0 else 1
        if place == 1:
            return 0
    return place


@contextmanager
def cutting(target: int, cuts: int = 2, events: int = 2) -> Iterator[CuttingProxy]:
    """A proxy before the server at port `target`."""
    proxy = CuttingProxy(target, cuts, events)
    try:
        yield proxy
    finally:
        proxy.close()
