"""Keeps one part of a stack running: starts it again when it dies unasked, with a growing pause."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from atelier.stacks.process import Child, Command, StackError

log = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds
STEADY_SECONDS = 30.0  # after so long a life the next death counts as the first
LOOK_SECONDS = 0.1


class Part(Protocol):
    """What can be kept running."""

    name: str
    child: Child | None

    def start(self) -> None:
        """Start and wait until ready. Raises StackError."""

    def stop(self) -> None:
        """Stop and wait until gone."""


class Program:
    """A part that is one command of ours: the web server, the scheduler, a worker."""

    def __init__(
        self,
        name: str,
        argv: tuple[str, ...],
        *,
        environment: Mapping[str, str],
        log: Path,
        cwd: Path,
        ready: Callable[[Child], bool],
    ) -> None:
        self.name = name
        self.child: Child | None = None
        self.once: dict[str, str] = {}
        """Extra variables for the next start only."""
        self._argv, self._environment, self._log, self._cwd, self._ready = argv, environment, log, cwd, ready

    def launch(self) -> None:
        """Start without waiting."""
        environment = {**self._environment, **self.once}
        self.once = {}
        self.child = Child(Command(self.name, self._argv, self._log, env=environment, cwd=self._cwd))
        self.child.start()

    def wait(self) -> None:
        """Wait until ready. Raises ChildFailed."""
        if self.child is not None:
            child = self.child
            child.wait_ready(lambda: self._ready(child))

    def start(self) -> None:
        """Start unless it runs, and wait until ready. Raises ChildFailed."""
        if self.child is None or not self.child.alive:
            self.launch()
        self.wait()

    def stop(self) -> None:
        """Stop and wait until gone."""
        if self.child is not None:
            self.child.stop()


class Keeper:
    """Watches one part in a thread of its own. Its methods may be called from any thread."""

    def __init__(self, part: Part, changed: Callable[[], None]) -> None:
        self.part = part
        self._changed = changed
        self._wanted = True
        self._ended = threading.Event()
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._watch, name=f"keeper-{part.name}", daemon=True)

    def watch(self) -> None:
        """Begin to watch a part that has been started."""
        self._thread.start()

    def start(self) -> None:
        """Start the part (again) and keep it running."""
        with self._lock:
            self._wanted = True
            self.part.start()
        self._changed()

    def stop(self) -> None:
        """Stop the part; it stays down until `start`."""
        with self._lock:
            self._wanted = False
            self.part.stop()

    def kill(self, *, come_back: bool = True) -> None:
        """SIGKILL; the part is started again after a pause unless it should stay down."""
        with self._lock:
            self._wanted = come_back
            if self.part.child is not None:
                self.part.child.kill()

    def send(self, number: signal.Signals) -> None:
        """Send one signal (SIGSTOP, SIGCONT, ...)."""
        if self.part.child is not None:
            self.part.child.send(number)

    def end(self) -> None:
        """Stop watching; the part itself is left as it is."""
        self._wanted = False
        self._ended.set()

    def _watch(self) -> None:
        pause, since = FIRST_PAUSE, time.monotonic()
        while not self._ended.wait(LOOK_SECONDS):
            if not self._is_dead():
                continue
            if time.monotonic() - since > STEADY_SECONDS:
                pause = FIRST_PAUSE
            log.warning("%s ended unasked; starting it again in %.1f s", self.part.name, pause)
            self._ended.wait(pause)
            pause, since = min(2 * pause, LONGEST_PAUSE), time.monotonic()
            self._bring_back()

    def _is_dead(self) -> bool:
        with self._lock:
            return self._wanted and (self.part.child is None or not self.part.child.alive)

    def _bring_back(self) -> None:
        with self._lock:
            if not self._is_dead() or self._ended.is_set():
                return
            try:
                self.part.start()
            except StackError as error:
                if not self._ended.is_set():
                    log.error("%s", error)
                return
        self._changed()
