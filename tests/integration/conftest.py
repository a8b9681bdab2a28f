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
METRICS_TOKEN = "t0ken"
ORIGIN = "https://app.example"
"""Whose pages may use the API of the `gunicorn` server; the embedded one allows none."""


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def web_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the server writes to standard error."""
    return tmp_path_factory.mktemp("web") / "web.log"


@pytest.fixture(scope="module")
def gunicorn(postgres: object, web_log: Path) -> Iterator[tuple[int, int]]:
    """(port, pid) of one gunicorn worker with 32 threads."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "atelier.wsgi",
        "-k",
        "atelier.site.gunicorn_worker.BufferedWorker",
        "--threads",
        "32",
        "-b",
        f"{HOST}:{port}",
    ]
    environment = (
        os.environ
        | {"ATELIER_LOG_LEVEL": "WARNING", "ATELIER_METRICS_TOKEN": METRICS_TOKEN}
        | {"ATELIER_CORS_ORIGINS": f"https://other.example,{ORIGIN}"}
    )
    with web_log.open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)
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
