"""One child process: started with its own log, watched until it is ready, stopped by its pid."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

POLL_SECONDS = 0.05
EXEC_SECONDS = 5.0
TAIL_LINES = 15

# A child's death signal follows the THREAD that started it, not the process. One thread that lives as long
# as the interpreter starts them all, so a short-lived starter thread cannot take a server down with it.
_SPAWNER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


class StackError(Exception):
    """An installation cannot start or go on; the message is a sentence for the person at the terminal."""


class ChildFailed(StackError):
    """A child ended early or was not ready in time; the message carries the last lines of its log."""

    def __init__(self, name: str, reason: str, log: Path) -> None:
        self.name, self.reason, self.log = name, reason, log
        super().__init__(f"{name} {reason}. The end of {log}:\n{last_lines(log)}")


@dataclass(frozen=True)
class Command:
    """What to run and how to end it.

    `env` is the whole environment (None inherits ours); `privileges` are further options of setpriv(1);
    `death_signal` reaches the child when this process dies, however it dies.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    privileges: tuple[str, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    ready_seconds: float = 120.0
    grace_seconds: float = 10.0


@dataclass
class Child:
    """A running (or stopped) command. Not safe to start from two threads at once."""

    command: Command
    _popen: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _log_start: int = 0
    started_at: datetime | None = None

    @property
    def name(self) -> str:
        """The command's name."""
        return self.command.name

    @property
    def pid(self) -> int | None:
        """Process id of the latest start, None before the first."""
        return self._popen.pid if self._popen else None

    @property
    def exit_status(self) -> int | None:
        """Exit status (negative: the signal that ended it), None while running or never started."""
        return self._popen.poll() if self._popen else None

    @property
    def alive(self) -> bool:
        """True while the process exists, a stopped (SIGSTOP) one included."""
        return self._popen is not None and self._popen.poll() is None

    def start(self) -> None:
        """Start the process; returns at once. Raises StackError when the program cannot be run."""
        if self.alive:
            return
        self.command.log.parent.mkdir(parents=True, exist_ok=True)
        self.started_at = datetime.now(UTC)
        self._popen = _SPAWNER.submit(self._spawn).result()
        self._await_program()

    def _spawn(self) -> subprocess.Popen[bytes]:
        argv = [_setpriv(), "--pdeathsig", self.command.death_signal.name.removeprefix("SIG")]
        argv += [*self.command.privileges, "--", *self.command.argv]
        with open(self.command.log, "ab") as log:
            os.chmod(self.command.log, 0o600)
            self._log_start = log.tell()
            # A session of its own: Ctrl-C at the terminal reaches us alone, and we stop the children in order.
            for may_fail in (True, False):
                try:
                    return subprocess.Popen(
                        argv,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        env=self.command.env,
                        cwd=self.command.cwd,
                        start_new_session=True,
                    )
                except OSError as error:  # EFAULT: once in thousands of starts, while the machine reclaimed memory
                    if error.errno != errno.EFAULT or not may_fail:
                        raise
        raise AssertionError("the second try returns or raises")

    def _await_program(self) -> None:
        """Wait until setpriv has become the program: from then on the death of this process reaches the child."""
        starter = os.path.realpath(_setpriv())
        deadline = time.monotonic() + EXEC_SECONDS
        with contextlib.suppress(OSError):  # it has ended already, or is not ours to look at
            while self.alive and time.monotonic() < deadline and os.readlink(f"/proc/{self.pid}/exe") == starter:
                time.sleep(EXEC_SECONDS / 5000)

    def wait_ready(self, probe: Callable[[], bool]) -> None:
        """Wait until `probe` is true.

        Raises ChildFailed when the process ends first or `ready_seconds` pass; it is stopped then.
        """
        deadline = time.monotonic() + self.command.ready_seconds
        while not probe():
            if not self.alive:
                raise ChildFailed(self.name, f"ended at once with status {self.exit_status}", self.command.log)
            if time.monotonic() > deadline:
                self.stop()
                reason = f"was not ready after {self.command.ready_seconds:.0f} s"
                raise ChildFailed(self.name, reason, self.command.log)
            time.sleep(POLL_SECONDS)

    def wrote(self, text: str) -> bool:
        """True when the log since the latest start holds `text`."""
        with open(self.command.log, "rb") as log:
            log.seek(self._log_start)
            return text.encode() in log.read()

    def send(self, number: signal.Signals) -> None:
        """Send one signal; a process that is gone is left in peace."""
        if self._popen is not None and self.alive:
            self._popen.send_signal(number)

    def stop(self, number: signal.Signals | None = None) -> None:
        """End the process: its stop signal, then SIGKILL after the grace, then what is left of its group."""
        if self._popen is None:
            return
        self.send(number or self.command.stop_signal)
        self.send(signal.SIGCONT)  # a frozen process would not see the signal before
        try:
            self._popen.wait(self.command.grace_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        _kill_group(self._popen.pid)

    def kill(self) -> None:
        """SIGKILL, and wait until the process is gone."""
        if self._popen is not None:
            self._popen.kill()
            self._popen.wait()


def last_lines(log: Path, count: int = TAIL_LINES) -> str:
    """The last `count` lines of a log, indented; a sentence when there is none."""
    if not log.exists():
        return "  (no log was written)"
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "\n".join(f"  {line}" for line in lines) or "  (the log is empty)"


def run_once(command: Command) -> None:
    """Run a command to its end. Raises ChildFailed when it fails or takes longer than `ready_seconds`."""
    child = Child(command)
    child.start()
    child.wait_ready(lambda: not child.alive)
    if child.exit_status:
        raise ChildFailed(command.name, f"failed with status {child.exit_status}", command.log)


def stop_stranger(pid: int, first: signal.Signals, grace_seconds: float) -> None:
    """End a process that another, dead process of ours had started: `first`, then SIGKILL after the grace."""
    for number, patience in ((first, grace_seconds), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not is_alive(pid):
                return
            time.sleep(POLL_SECONDS)
    raise StackError(f"Process {pid} of an earlier run does not end, not even by SIGKILL.")


def is_alive(pid: int) -> bool:
    """True when the process exists and is not a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _setpriv() -> str:
    found = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")
    if found is None:
        raise StackError("The program setpriv (package util-linux) is missing: install util-linux 2.33 or later.")
    return found


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # the usual case: nobody of the group is left
        os.killpg(group, signal.SIGKILL)
