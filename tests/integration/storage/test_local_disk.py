"""A disk that is full, read-only or watched by its neighbours."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from storage.blobs import StorageUnavailable
from storage.local import TEMPORARY, LocalBlobs

PNG = "image/png"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_unavailable_and_keeps_what_it_has(small_disk: Path) -> None:
    blobs = LocalBlobs(small_disk)
    blobs.put("a/kept", b"k" * 600_000, PNG)
    with pytest.raises(StorageUnavailable, match="No space left"):
        blobs.put("a/too-much", b"t" * 600_000, PNG)
    assert not blobs.exists("a/too-much")
    assert list((small_disk / TEMPORARY).iterdir()) == []
    assert blobs.get("a/kept") == b"k" * 600_000
    blobs.put("a/kept", b"k" * 600_000, PNG)  # a repeated put needs no room
    blobs.delete("a/kept")
    blobs.put("a/too-much", b"t" * 600_000, PNG)


def test_a_file_over_the_limit_of_the_process_is_unavailable(tmp_path: Path) -> None:
    """The form of a full disk that needs no rights: the kernel refuses with EFBIG in the middle of the write."""
    script = (
        "import resource, signal, sys; sys.argv[0] = sys.argv.pop(1)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "import runpy; runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    program = str(Path(__file__).with_name("writer.py"))
    done = subprocess.run(
        [sys.executable, "-c", script, program, json.dumps(["local", {"root": str(tmp_path)}])],
        input='["a/small", 1, 1000]\n["a/big", 1, 500000]\n["a/again", 1, 1000]\n',
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
        check=True,
    )
    assert done.stdout.split() == ["ready", "kept", "StorageUnavailable", "kept"]
    assert not (tmp_path / "a" / "big").exists()
    assert list((tmp_path / TEMPORARY).iterdir()) == []


def test_a_root_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageUnavailable):
        LocalBlobs(tmp_path / "file" / "root")


def test_pictures_are_not_for_every_user_of_the_machine(local_blobs: LocalBlobs) -> None:
    local_blobs.put("a/b/c", b"x", PNG)
    for path in (
        local_blobs.root,
        local_blobs.root / "a",
        local_blobs.root / "a/b",
        local_blobs.root / "a/b/c",
    ):
        assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0, path


def test_empty_directories_do_not_pile_up(local_blobs: LocalBlobs) -> None:
    local_blobs.put("a/b/c/d", b"x", PNG)
    local_blobs.put("a/e", b"x", PNG)
    local_blobs.delete("a/b/c/d")
    assert sorted(path.name for path in (local_blobs.root / "a").iterdir()) == ["e"]
    local_blobs.delete_prefix("a/")
    assert [path.name for path in local_blobs.root.iterdir()] == [TEMPORARY]


def test_a_put_survives_a_neighbour_that_prunes_its_directory(local_blobs: LocalBlobs) -> None:
    done = Event()

    def prune() -> None:
        while not done.is_set():
            local_blobs.delete("shared/dir/none")

    thread = Thread(target=prune)
    thread.start()
    try:
        for number in range(60):
            local_blobs.put(f"shared/dir/{number}", b"x", PNG)
            local_blobs.delete(f"shared/dir/{number}")
    finally:
        done.set()
        thread.join()


def test_links_are_refused_without_a_secret(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="secret"):
        LocalBlobs(tmp_path).link("a", expires_in=60, filename="a.png", content_type=PNG)
