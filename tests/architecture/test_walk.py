"""docs/walk.md follows one POST: each of its steps is a function that a real request calls, in this order."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from types import FrameType

import pytest

from atelier.stacks.ports import HOST, free_port
from atelier.stacks.web import WebServer
from tests.architecture.source import PROJECT
from tests.integration.generation.api.caller import BASE, SMALL, Caller
from tests.support.stories import open_workspace, start_worker

PAGE = PROJECT / "docs" / "walk.md"
STEP = re.compile(r"^\d+\. \[`([\w.]+)`\]\(\.\./([\w/]+\.py)\): ", re.M)
MOST_STEPS = 25


def steps() -> list[tuple[str, str]]:
    """(file, function) of each step."""
    return [(file, name) for name, file in STEP.findall(PAGE.read_text())]


@pytest.fixture
def trace(committed: object) -> Iterator[list[tuple[str, str]]]:
    """(file, function) of every call of ours while a server answered one POST; the process was warm."""
    from atelier.wsgi import application

    start_worker()
    caller, calls, root = Caller.of(open_workspace()), [], f"{PROJECT}/"

    def note(frame: FrameType, event: str, _: object) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(root):
            calls.append((file.removeprefix(root), frame.f_code.co_qualname))

    threading.setprofile(note)  # for the threads that the server starts
    port = free_port()
    server = WebServer(application, port)
    server.start()
    threading.setprofile(None)  # type: ignore[arg-type]  # that is how it is taken back
    try:
        for _ in range(2):
            calls.clear()
            _post(port, caller)
        yield calls
    finally:
        server.stop()


def _post(port: int, caller: Caller) -> None:
    connection = HTTPConnection(HOST, port, timeout=30)
    headers = {"Authorization": f"Bearer {caller.key}", "Content-Type": "application/json"}
    connection.request("POST", f"{BASE}/generate", json.dumps(SMALL), headers)
    assert connection.getresponse().status == 202
    connection.close()


def test_every_step_is_called_in_this_order(trace: list[tuple[str, str]]) -> None:
    rest = iter(trace)
    missed = [step for step in steps() if step not in rest]
    assert missed == [], "the first one was not called after the step before it"


def test_the_walk_is_short_and_visits_every_app() -> None:
    assert 20 <= len(steps()) <= MOST_STEPS
    visited = {file.split("/")[0] for file, _ in steps()}
    assert visited == {"atelier", "generation", "billing"}
