"""Logs of a running process may be rotated by copying and cutting them off, as docs/operations.md says."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from atelier.stacks.process import Child, Command
from tests.architecture.source import PROJECT

WRITER = "while true; do echo line; sleep 0.02; done"


def test_a_log_is_rotated_under_a_running_process(tmp_path: Path) -> None:
    documented = (PROJECT / "docs" / "operations.md").read_text().partition("## Logs\n")[2]
    rules = documented.partition("{\n")[2].partition("}")[0].replace("weekly\n", "").replace("size 50M", "size 1")
    (tmp_path / "log").mkdir(mode=0o755)
    log, configuration = tmp_path / "log" / "writer.log", tmp_path / "rotate.conf"
    configuration.write_text(f"{log} {{\n{rules}}}\n")
    configuration.chmod(0o644)
    child = Child(Command("writer", ("/bin/sh", "-c", WRITER), log))
    child.start()
    try:
        _wait(lambda: log.stat().st_size > 20)
        try:
            ran = subprocess.run(
                ["/usr/sbin/logrotate", "--state", tmp_path / "state", configuration], capture_output=True, text=True
            )
        except FileNotFoundError:
            pytest.skip("logrotate is not installed")
        assert ran.returncode == 0, ran.stderr
        assert (tmp_path / "log" / "writer.log.1.gz").exists()
        _wait(lambda: log.stat().st_size > 0)
        assert log.read_bytes().startswith(b"line\n"), "written from the new beginning, without a hole"
    finally:
        child.stop()


def _wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
