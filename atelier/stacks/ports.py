"""Free TCP ports on the loopback interface."""

from __future__ import annotations

import os
import socket
import threading

from atelier.stacks.process import StackError

HOST = "127.0.0.1"
# Below Linux's ephemeral range (32768..60999), so that no outgoing connection takes a port between
# our look and the server's bind.
LOWEST, HIGHEST = 20000, 32000

# Processes that start stacks at the same time look in different places: between the look and the server's bind
# another could take the port. 61 shares no factor with the range, so only far distant pids begin at the same port.
_next = LOWEST + os.getpid() * 61 % (HIGHEST - LOWEST - 8)
_given: set[int] = set()
_lock = threading.Lock()


def free_port() -> int:
    """One port that nobody listens on and that this process has not been given before."""
    return free_run(1)[0]


def free_run(length: int) -> tuple[int, ...]:
    """`length` adjacent free ports. Raises StackError when the range seems full."""
    global _next
    with _lock:
        for _ in range(HIGHEST - LOWEST):
            start, _next = _next, _next + 1 if _next + 1 < HIGHEST - length else LOWEST
            ports = tuple(range(start, start + length))
            if not _given.intersection(ports) and all(map(is_free, ports)):
                _given.update(ports)
                return ports
    raise StackError(f"No free TCP port between {LOWEST} and {HIGHEST} on {HOST}.")


def is_free(port: int) -> bool:
    """True when the port can be bound now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def is_listening(port: int) -> bool:
    """True when something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
