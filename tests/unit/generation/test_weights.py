"""Shipped weights are the ones that were made, or a sentence says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from atelier.stacks import models
from atelier.stacks.process import StackError
from generation.engines.starter import load
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.stage import StageFailed
from generation.weights import find_fault, write_checksums


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model" / "network").mkdir(parents=True)
    (tmp_path / "model" / "model_index.json").write_text("{}")
    (tmp_path / "model" / "network" / "weights.safetensors").write_bytes(b"0123456789")
    write_checksums(tmp_path / "model")
    return tmp_path / "model"


def test_a_whole_folder_and_one_without_checksums_have_no_fault(folder: Path) -> None:
    assert find_fault(folder) is None
    (folder / "checksums.json").unlink()
    assert find_fault(folder) is None


@pytest.mark.parametrize(
    ("damage", "words"), [(b"01234", "not the file"), (b"9876543210", "not the file"), (None, "missing")]
)
def test_a_missing_truncated_or_swapped_file_is_named_with_what_to_do(
    folder: Path, damage: bytes | None, words: str
) -> None:
    weights = folder / "network" / "weights.safetensors"
    weights.unlink() if damage is None else weights.write_bytes(damage)
    fault = find_fault(folder) or ""
    assert words in fault
    assert "network/weights.safetensors" in fault
    assert "Restore" in fault


def test_the_engine_refuses_a_damaged_folder(folder: Path) -> None:
    (folder / "network" / "weights.safetensors").write_bytes(b"")
    entry = ModelEntry(
        name="starter", title="", adapter="a:b", revision="1", native_side=64, licence="", serves=(), folder="model"
    )
    with pytest.raises(StageFailed, match="checksum differs.*Restore"):
        load(entry, folder.parent)


def test_unreadable_checksums_are_a_fault(folder: Path) -> None:
    (folder / "checksums.json").write_text("{")
    assert "checksums.json" in (find_fault(folder) or "")


def test_what_ships_is_whole_small_and_nothing_that_runs() -> None:
    shipped = [path for path in models.FOLDER.rglob("*") if path.is_file()]
    assert find_fault(models.FOLDER) is None
    assert sum(path.stat().st_size for path in shipped) <= 25e6
    assert {path.suffix for path in shipped} <= {".safetensors", ".json", ".md", ""}


def test_a_stack_does_not_start_with_damaged_weights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATELIER_MODELS_FILE", raising=False)
    monkeypatch.setattr(models, "FOLDER", folder)
    models.check_starter_model()
    (folder / "network" / "weights.safetensors").write_bytes(b"9876543210")
    with pytest.raises(StackError, match=r"not whole: network/weights\.safetensors .* `git checkout`"):
        models.check_starter_model()
    monkeypatch.setattr(models, "FOLDER", folder / "nowhere")
    with pytest.raises(StackError, match=r"generation/starter/model is missing: restore it"):
        models.check_starter_model()
    monkeypatch.setenv("ATELIER_MODELS_FILE", "models.toml")
    models.check_starter_model()
