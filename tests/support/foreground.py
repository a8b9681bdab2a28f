"""A stack as a person runs it: `python -m atelier.stacks.embedded|server` in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from atelier.stacks.envfile import STACK, read_env, read_pids
from atelier.stacks.home import PROJECT
from atelier.stacks.ports import free_port
from atelier.stacks.process import is_alive


class Foreground:
    """`kind` is embedded or server. Its state is in `home`; `variables` are added to its environment."""

    def __init__(self, kind: str, home: Path, **variables: str) -> None:
        self.kind, self.home, self.port = kind, home, free_port()
        self._environment = own_environment(home, PORT=str(self.port), **variables)
        self._process: subprocess.Popen[str] | None = None
        self._output = home / "terminal.txt"

    @property
    def values(self) -> dict[str, str]:
        """What .atelier/env says now."""
        return read_env(self.home / "env")

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name."""
        return read_pids(self.values)

    @property
    def output(self) -> str:
        """What the terminal showed."""
        return self._output.read_text()

    def start(self, seconds: float = 180.0) -> None:
        """Start unless it runs, and wait for the file that says it is ready."""
        if self._process is not None and self._process.poll() is None:
            return
        self.launch()
        deadline = time.monotonic() + seconds
        while self._process is None or self.pids.get(STACK) != self._process.pid:
            assert self._process is not None and self._process.poll() is None, self.output
            assert time.monotonic() < deadline, f"not ready after {seconds} s:\n{self.output}"
            time.sleep(0.05)

    def launch(self) -> None:
        """Start without waiting."""
        with open(self._output, "w") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"atelier.stacks.{self.kind}"],
                cwd=PROJECT,
                env=self._environment,
                stdout=file,
                stderr=file,
                text=True,
            )

    def wait(self, seconds: float) -> int:
        """Wait until it ends by itself; the exit status."""
        assert self._process is not None
        return self._process.wait(seconds)

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 60.0) -> int:
        """Send a signal and wait for the end; the exit status. Nothing when it does not run."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self._process.wait(seconds)


def own_environment(home: Path, **variables: str) -> dict[str, str]:
    """Our environment without what the tests' own Django needs."""
    ours = ("ATELIER_", "DATABASE_", "BROKER_", "AWS_", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"ATELIER_HOME": str(home), "PYTHONPATH": str(PROJECT)} | variables


def all_gone(pids: list[int], seconds: float = 10.0) -> bool:
    """True when none of the processes is alive any more, now or soon."""
    deadline = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
