"""A child process is started, watched, and gone when it should be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from atelier.stacks.process import (
    Child,
    ChildFailed,
    Command,
    StackError,
    is_alive,
    last_lines,
    run_once,
    stop_stranger,
)

PROJECT = Path(__file__).resolve().parents[4]
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def python(tmp_path: Path, code: str, **options: float) -> Child:
    return Child(Command("child", (sys.executable, "-c", code), tmp_path / "child.log", **options))


def wait_for(condition: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_child_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    child = python(tmp_path, "print('no such table: apples'); raise SystemExit(3)")
    child.start()
    with pytest.raises(ChildFailed, match=r"(?s)status 3.*no such table: apples"):
        child.wait_ready(lambda: False)


def test_a_child_that_is_not_ready_in_time_is_stopped(tmp_path: Path) -> None:
    child = python(tmp_path, "import time; time.sleep(60)", ready_seconds=0.3)
    child.start()
    with pytest.raises(ChildFailed, match="not ready after 0 s"):
        child.wait_ready(lambda: False)
    assert not child.alive


def test_a_child_that_ignores_its_stop_signal_is_killed_after_the_grace(tmp_path: Path) -> None:
    child = python(tmp_path, STUBBORN, grace_seconds=0.3)
    child.start()
    child.wait_ready(lambda: child.wrote("up"))
    child.stop()
    assert child.exit_status == -signal.SIGKILL


def test_a_frozen_child_can_be_stopped(tmp_path: Path) -> None:
    child = python(tmp_path, "import time; print('up', flush=True); time.sleep(60)", grace_seconds=5)
    child.start()
    child.wait_ready(lambda: child.wrote("up"))
    child.send(signal.SIGSTOP)
    child.stop()
    assert child.exit_status == -signal.SIGTERM


def test_what_the_child_had_started_ends_with_it(tmp_path: Path) -> None:
    code = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    child = python(tmp_path, code)
    child.start()
    child.wait_ready(lambda: child.wrote("\n"))
    grandchild = int((tmp_path / "child.log").read_text())
    child.stop()
    wait_for(lambda: not is_alive(grandchild))


def test_the_child_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib; from atelier.stacks.process import Child, Command\n"
        "child = Child(Command('sleep', ('sleep', '60'), pathlib.Path(sys.argv[1]))); child.start()\n"
        "print(child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "log")]
    ended = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL
    wait_for(lambda: not is_alive(int(ended.stdout)))


def test_the_child_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    from threading import Thread

    child = python(tmp_path, "import time; time.sleep(60)")
    thread = Thread(target=child.start)
    thread.start()
    thread.join()
    time.sleep(0.2)
    assert child.alive
    child.stop()


def test_the_log_is_for_its_owner_alone_and_only_the_latest_life_counts(tmp_path: Path) -> None:
    child = python(tmp_path, "print('first')")
    child.start()
    wait_for(lambda: not child.alive)
    assert child.wrote("first")
    child.command = Command("child", (sys.executable, "-c", "print('second')"), tmp_path / "child.log")
    child.start()
    wait_for(lambda: not child.alive)
    assert child.wrote("second") and not child.wrote("first")
    assert (tmp_path / "child.log").stat().st_mode & 0o777 == 0o600
    assert last_lines(tmp_path / "child.log").split() == ["first", "second"]


def test_a_failing_command_is_an_error(tmp_path: Path) -> None:
    run_once(Command("true", ("true",), tmp_path / "log"))
    with pytest.raises(ChildFailed, match="failed with status 1"):
        run_once(Command("false", ("false",), tmp_path / "log"))


def test_a_program_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match="no-such-program"):
        run_once(Command("x", ("/no-such-program",), tmp_path / "log"))


def test_a_missing_setpriv_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atelier.stacks.process.shutil.which", lambda *_, **__: None)
    with pytest.raises(StackError, match="util-linux"):
        python(tmp_path, "").start()


def test_a_process_of_an_earlier_run_is_ended_even_when_it_is_stubborn() -> None:
    orphan = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert orphan.stdout is not None
    orphan.stdout.readline()
    stop_stranger(orphan.pid, signal.SIGTERM, grace_seconds=0.2)
    assert orphan.wait(5) == -signal.SIGKILL
    stop_stranger(orphan.pid, signal.SIGTERM, grace_seconds=0.2)  # gone already: fine


def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen(["true"])
    wait_for(lambda: not is_alive(child.pid))
    child.wait()
    assert is_alive(os.getpid())
