"""Running a stack in the foreground: start, say where it is, wait for SIGTERM or Ctrl-C, stop."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from atelier.stacks.process import StackError


class Stack(Protocol):
    """Something that starts and stops as a whole."""

    def start(self) -> None:
        """Start and wait until ready. Raises StackError."""

    def stop(self) -> None:
        """Stop everything. Also ends a start that another thread is in."""


S = TypeVar("S", bound=Stack)


def catch_signals() -> threading.Event:
    """An event that SIGTERM, Ctrl-C and a closed terminal set from now on."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: asked.set())
    return asked


def run_until_stopped(make: Callable[[], S], describe: Callable[[S], str]) -> int:
    """Run the stack that `make` gives until a signal comes; 0, or 1 when it could not start."""
    asked = catch_signals()
    try:
        stack = make()
        if start_or_give_up(stack, asked):
            print(describe(stack), flush=True)
            asked.wait()
        print("Stopping ...", file=sys.stderr, flush=True)
        stack.stop()
        return 0
    except StackError as error:
        print(f"Atelier could not start: {error}", file=sys.stderr)
        return 1


def start_or_give_up(stack: Stack, asked: threading.Event) -> bool:
    """Start in a thread so that a signal can end the start as well; False when one came. Raises StackError."""
    failures: list[BaseException] = []

    def begin() -> None:
        try:
            stack.start()
        except BaseException as error:  # handed to the thread that waits
            failures.append(error)

    thread = threading.Thread(target=begin, name="start")
    thread.start()
    while thread.is_alive() and not asked.is_set():
        thread.join(0.1)
    if asked.is_set():
        stack.stop()
        thread.join()
        return False
    if failures:
        raise failures[0]
    return True
