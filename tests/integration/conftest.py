"""The API behind its two real servers. They have what a test has not: no tenant and no context around a request."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from atelier.stacks.ports import HOST, free_port
from atelier.stacks.web import WebServer

ROOT = Path(__file__).parents[2]


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def gunicorn(postgres: object) -> Iterator[tuple[int, int]]:
    """(port, pid) of one gunicorn worker with 16 threads."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "atelier.wsgi",
        "-k",
        "gthread",
        "--threads",
        "16",
        "-b",
        f"{HOST}:{port}",
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"ATELIER_LOG_LEVEL": "ERROR"})
    try:
        wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def waitress(postgres: object) -> Iterator[int]:
    """Port of the embedded server, in this process."""
    from atelier.wsgi import application

    port = free_port()
    server = WebServer(application, port)
    server.start()
    yield port
    server.stop()


@pytest.fixture(params=["gunicorn", "waitress"])
def port(request: pytest.FixtureRequest) -> int:
    found = request.getfixturevalue(request.param)
    return found if isinstance(found, int) else found[0]
