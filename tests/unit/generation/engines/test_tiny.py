"""The tiny model appears whole, the same bytes each time, and is never made twice."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from generation.engines.tiny import make_tiny_model


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_it_is_made_once_alike_and_leaves_nothing_else_behind(tmp_path: Path) -> None:
    first = make_tiny_model(tmp_path / "models" / "one")
    before = {path: path.stat().st_mtime_ns for path in first.rglob("*")}
    make_tiny_model(first)
    assert {path: path.stat().st_mtime_ns for path in first.rglob("*")} == before
    second = make_tiny_model(tmp_path / "models" / "two")
    assert digest(first) == digest(second)
    assert sorted(path.name for path in first.parent.iterdir()) == ["one", "two"]
    assert sum(path.stat().st_size for path in first.rglob("*.safetensors")) < 8_000_000


def test_a_folder_that_holds_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(FileExistsError, match="mine"):
        make_tiny_model(tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"
