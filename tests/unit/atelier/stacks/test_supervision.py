"""A part that dies unasked comes back, with a growing pause; one that was told to stay down stays down."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from atelier.stacks import supervision
from atelier.stacks.supervision import Keeper, Program


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(supervision, "LOOK_SECONDS", 0.02)


def program(tmp_path: Path, code: str = "print('up', flush=True); time.sleep(60)") -> Program:
    argv = (sys.executable, "-c", f"import os, time; print('word', os.environ.get('WORD')); {code}")
    return Program(
        "part",
        argv,
        environment={"WORD": "usual"},
        log=tmp_path / "part.log",
        cwd=tmp_path,
        ready=lambda child: child.wrote("up"),
    )


@pytest.fixture
def changes() -> list[float]:
    return []


@pytest.fixture
def keeper(tmp_path: Path, changes: list[float]) -> Iterator[Keeper]:
    part = program(tmp_path)
    part.start()
    keeper = Keeper(part, lambda: changes.append(time.monotonic()))
    keeper.watch()
    yield keeper
    keeper.end()
    part.stop()


def wait_for(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def pid(keeper: Keeper) -> int | None:
    return keeper.part.child.pid if keeper.part.child and keeper.part.child.alive else None


def test_a_killed_part_comes_back_and_says_so(keeper: Keeper, changes: list[float]) -> None:
    first = pid(keeper)
    keeper.kill()
    wait_for(lambda: changes)
    assert pid(keeper) not in (None, first)


def test_a_part_killed_for_good_stays_down_until_it_is_started(keeper: Keeper) -> None:
    keeper.kill(come_back=False)
    time.sleep(0.4)
    assert pid(keeper) is None
    keeper.start()
    assert pid(keeper)


def test_a_stopped_part_stays_down(keeper: Keeper) -> None:
    keeper.stop()
    time.sleep(0.4)
    assert pid(keeper) is None


def test_variables_for_one_life_are_gone_in_the_next(keeper: Keeper, tmp_path: Path, changes: list[float]) -> None:
    keeper.stop()
    keeper.part.once = {"WORD": "special"}
    keeper.start()
    changes.clear()
    keeper.kill()
    wait_for(lambda: changes)
    words = [line.split()[1] for line in (tmp_path / "part.log").read_text().splitlines() if "word" in line]
    assert words == ["usual", "special", "usual"]


def test_a_part_that_cannot_live_is_tried_ever_more_rarely(tmp_path: Path) -> None:
    part = program(tmp_path, "raise SystemExit(1)")
    part.launch()
    keeper = Keeper(part, lambda: None)
    keeper.watch()
    time.sleep(1.5)
    keeper.end()
    starts = (tmp_path / "part.log").read_text().count("word")
    assert 3 <= starts <= 7  # 0.05 + 0.1 + 0.2 + 0.4 + 0.8 s, not one every 0.05 s
