"""Several processes put at once, or die while they do: the key holds one writer's whole bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from storage.blobs import Blobs
from storage.local import ABANDONED_SECONDS, TEMPORARY, LocalBlobs

SIZE = 300_000
ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def writer(backend: str, arguments: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """A ready writer process, stopped by its pid."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("writer.py")), json.dumps([backend, arguments])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        assert answer(process) == "ready"
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[str], key: str, value: int, size: int = SIZE) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps([key, value, size]) + "\n")
    process.stdin.flush()


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def arguments(blobs: Blobs, request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """The name and the arguments with which another process reaches the same backend."""
    if isinstance(blobs, LocalBlobs):
        return "local", {"root": str(blobs.root)}
    return "s3", request.getfixturevalue("s3_arguments")


def test_of_two_writers_with_different_bytes_exactly_one_wins(
    blobs: Blobs, place: str, arguments: tuple[str, dict[str, Any]]
) -> None:
    with writer(*arguments) as one, writer(*arguments) as two:
        for number in range(10):
            key = f"{place}{number}/image"
            tell(one, key, 1)
            tell(two, key, 2)
            answers = [answer(one), answer(two)]
            assert sorted(answers) == ["BlobConflict", "kept"]
            assert blobs.get(key) == bytes([answers.index("kept") + 1]) * SIZE


def test_two_writers_with_equal_bytes_both_succeed(
    blobs: Blobs, place: str, arguments: tuple[str, dict[str, Any]]
) -> None:
    with writer(*arguments) as one, writer(*arguments) as two:
        for number in range(5):
            key = f"{place}{number}/image"
            tell(one, key, 7)
            tell(two, key, 7)
            assert [answer(one), answer(two)] == ["kept", "kept"]
            assert blobs.get(key) == bytes([7]) * SIZE


@pytest.mark.parametrize("delay_ms", [1, 5, 15, 40, 100])
def test_a_writer_killed_while_it_puts_leaves_all_or_nothing(
    local_blobs: LocalBlobs, place: str, delay_ms: int
) -> None:
    size = 32_000_000
    with writer("local", {"root": str(local_blobs.root)}) as process:
        tell(process, place + "image", 5, size)
        time.sleep(delay_ms / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()
    if local_blobs.exists(place + "image"):
        assert local_blobs.get(place + "image") == bytes([5]) * size
    local_blobs.put(place + "next", b"still works", "image/png")


def test_what_a_killed_writer_left_is_swept_once_it_is_old(local_blobs: LocalBlobs) -> None:
    folder = local_blobs.root / TEMPORARY
    for name, age in (("old", ABANDONED_SECONDS + 60), ("young", 60)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - age,) * 2)
    LocalBlobs(local_blobs.root)
    assert [path.name for path in folder.iterdir()] == ["young"]
