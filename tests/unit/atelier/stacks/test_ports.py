"""Ports are free, different, below the ephemeral range, and adjacent where that is asked."""

from __future__ import annotations

import socket

import pytest

from atelier.stacks import ports
from atelier.stacks.process import StackError


def test_no_port_is_given_twice() -> None:
    given = [ports.free_port() for _ in range(200)]
    assert len(set(given)) == 200
    assert all(ports.LOWEST <= port < ports.HIGHEST for port in given)


def test_a_run_is_adjacent() -> None:
    first, second = ports.free_run(2)
    assert second == first + 1


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.socket() as server:
        server.bind((ports.HOST, 0))
        server.listen()
        port = server.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.is_listening(port)
    assert ports.is_free(port)
    assert not ports.is_listening(port)


def test_a_full_range_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: False)
    with pytest.raises(StackError, match="No free TCP port"):
        ports.free_port()
