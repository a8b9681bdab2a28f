"""In a network where every address answers, nothing inside is ever dialled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from atelier.stacks.home import PROJECT
from tests.support.walled import PUBLIC


@pytest.fixture
def namespace() -> Iterator[str]:
    """A network namespace of our own; skipped where this user may not make one."""
    name = f"atelier-{os.getpid()}"
    try:
        made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no `ip` here (package iproute2)")
    if made.returncode:
        pytest.skip(f"no network namespace may be made here: {made.stderr.strip()}")
    yield name
    subprocess.run(["ip", "netns", "delete", name], check=False)


def test_no_forbidden_address_sees_a_connection(namespace: str) -> None:
    argv = ["ip", "netns", "exec", namespace, sys.executable, "-m", "tests.support.walled"]
    ran = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert len(seen["reached"]) >= 30, "addresses of the inside that would have answered"
    assert set(seen["dialled"]) == {PUBLIC}, "and of all of them only the public one was called"
    assert seen["public"] >= 1
    assert seen["kinds"]["blocked_address"] > 150
