"""`make stack` as a person runs it: everything up, everything told, what dies comes back, everything stopped."""

from __future__ import annotations

import base64
import os
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from atelier.stacks.workers import load_workers
from tests.support.first_hour import check_first_hour
from tests.support.foreground import Foreground, all_gone
from tests.support.servers import short_directory

pytestmark = pytest.mark.stack
PARTS = {"stack", "postgres", "rabbitmq", "seaweedfs", "scheduler", "web", "flower"}


def ask(url: str, login: str = "") -> int:
    request = urllib.request.Request(url)
    if login:
        request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def check_addresses(stack: Foreground) -> None:
    values = stack.values
    assert set(stack.pids) == PARTS | {worker.name for worker in load_workers()}
    assert ask(values["ATELIER_URL"] + "/health/ready") == 200
    assert ask(values["ADMIN_URL"]) == 200
    assert ask(values["FLOWER_URL"]) == 401
    assert ask(values["FLOWER_URL"], f"{values['ADMIN_USER']}:{values['ADMIN_PASSWORD']}") == 200
    for name in ("ATELIER_URL", "ATELIER_API_KEY", "FLOWER_URL", "ADMIN_URL", "ADMIN_PASSWORD"):
        assert values[name] in stack.output
    assert values["BROKER_URL"].startswith("amqp://")


def check_secrets_are_not_in_command_lines(stack: Foreground) -> None:
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes().decode() for pid in stack.pids.values()]
    password = stack.values["DATABASE_URL"].split(":")[2].partition("@")[0]
    for secret in (stack.values["ADMIN_PASSWORD"], stack.values["ATELIER_API_KEY"], password):
        assert not [line for line in lines if secret in line]


def check_a_killed_part_comes_back(stack: Foreground, name: str) -> None:
    first = stack.pids[name]
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 60
    # The file names a part as soon as it runs, which is a little before it answers.
    while stack.pids.get(name) in (None, first) or ask(stack.values["ATELIER_URL"] + "/health/live") != 200:
        assert time.monotonic() < deadline, f"{name} did not come back:\n{stack.output}"
        time.sleep(0.1)


def test_the_server_stack_from_start_to_stop() -> None:
    with short_directory() as home:
        stack = Foreground("server", home)
        try:
            stack.start()
            check_addresses(stack)
            check_first_hour(home)
            check_secrets_are_not_in_command_lines(stack)
            check_a_killed_part_comes_back(stack, "web")
            pids = list(stack.pids.values())
            assert stack.stop(signal.SIGTERM) == 0
            assert all_gone(pids)
            assert not (home / "env").exists()
        finally:
            stack.stop(signal.SIGKILL)
