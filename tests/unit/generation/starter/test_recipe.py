"""The recipe in small: it trains, goes on where it ended, is exported, judged and written into the card."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from PIL import Image

from generation.management.commands import starter as command
from generation.starter import card, drawings, evaluation, export, probes, training, work
from generation.starter.codes import make_codes
from generation.starter.concepts import Concept
from generation.starter.config import Config, read_config
from generation.starter.dataset import CONCEPTS, PICTURES, over_white, read
from generation.starter.judge import PICTURES as JUDGED
from generation.starter.pipeline import StarterPipeline
from generation.weights import find_fault
from tests.unit.generation.starter.letters import Letters

THINGS = ("dog", "cat", "car", "house", "apple", "fish")
SHORT = 1e-4
"""Minutes: a few steps."""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Config:
    """A network that trains in seconds, also for `manage.py starter`."""
    whole = read_config()
    network = {"width": 32, "blocks": 1, "heads": 2, "patch": 16, "code_width": 8}
    config = replace(whole, network=network, training={**whole.training, "batch": 2}, aliases={}, sources={})
    monkeypatch.setattr(work, "read_config", lambda: config)
    return config


def make_folder(folder: Path, names: tuple[str, ...], config: Config) -> Path:
    """What `build-data` leaves, with random pictures instead of drawings."""
    random = np.random.default_rng(1)
    shape = (len(names), len(config.styles), 8, 8, 4)
    pixels = np.kron(random.integers(0, 256, shape), np.ones((1, 1, 8, 8, 1))).astype(np.uint8)
    pixels[..., 3] = 255
    flat = torch.from_numpy(pixels[:6]).flatten(0, 1).permute(0, 3, 1, 2).float() / 255
    codes = np.zeros((*shape[:2], config.network["code_width"]), np.float32)
    codes[:6] = make_codes(over_white(flat), config.network["code_width"]).reshape(6, len(config.styles), -1)
    np.savez(folder / PICTURES, pixels=pixels, codes=codes)
    np.savez(folder / JUDGED, pixels=pixels[:, :1])
    concepts = [asdict(Concept(f"{at + 0x1000:x}", name, ())) for at, name in enumerate(names)]
    (folder / CONCEPTS).write_text(json.dumps(concepts), "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path, small: Config) -> Path:
    return make_folder(tmp_path, THINGS, small)


def test_a_training_goes_on_where_the_one_before_ended(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("starter", "train", data=folder, minutes=SHORT, processes=1)
    first = torch.load(folder / training.CHECKPOINT, weights_only=True)
    call_command("starter", "cool-down", data=folder, steps=15)
    call_command("starter", "train", data=folder, minutes=SHORT, processes=1)
    second = torch.load(folder / training.CHECKPOINT, weights_only=True)
    assert (first["step"], second["step"]) == (20, 40)
    assert second["samples"] == 2 * first["samples"] == 80
    assert second["optimiser"]["param_groups"][0]["lr"] < first["optimiser"]["param_groups"][0]["lr"]
    said = capsys.readouterr()
    assert "train again to go on" in said.out
    assert "training" in said.err and "samples" in said.err


def test_a_damaged_checkpoint_is_named_with_what_to_do(folder: Path) -> None:
    (folder / training.CHECKPOINT).write_bytes(b"half a checkp")
    with pytest.raises(CommandError, match=r"checkpoint\.pt is damaged .* move it away to begin anew"):
        call_command("starter", "train", data=folder, minutes=SHORT, processes=1)


def test_the_model_is_exported_whole_and_draws(folder: Path, small: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "shared_sentences", Letters)
    monkeypatch.setattr(export, "fetch", lambda package, where: where)
    monkeypatch.setattr(export, "Nouns", lambda folder: None)
    monkeypatch.setattr(export, "Dictionary", lambda nouns, without: None)
    config = replace(small, sources={"nouns": "wordnet"})
    call_command("starter", "train", data=folder, minutes=SHORT, processes=1)
    export.export(config, folder, folder / "model")
    assert find_fault(folder / "model") is None
    assert not [path for path in (folder / "model").rglob("*") if path.suffix in {".bin", ".pt", ".pkl", ".ckpt"}]
    pipeline = StarterPipeline.from_pretrained(folder / "model", Letters())
    drawing = evaluation.Drawing(64, 64, 2, 2.0, "3d", "", 1)
    assert pipeline.draw(pipeline.read("a dog and a fish"), drawing).shape == (64, 64, 3)


@pytest.mark.parametrize(
    ("action", "action_first"),
    [("train", "build-data"), ("export", "build-data"), ("train-judge", "build-data"), ("cool-down", "train")],
)
def test_a_step_too_early_says_which_comes_first(tmp_path: Path, small: Config, action: str, action_first: str) -> None:
    with pytest.raises(CommandError, match=f"run `manage.py starter {action_first}` first"):
        call_command("starter", action, data=tmp_path, minutes=SHORT, processes=1)


def test_nothing_is_exported_before_a_training(folder: Path) -> None:
    with pytest.raises(CommandError, match="run `manage.py starter train` first"):
        call_command("starter", "export", data=folder)


def test_a_registry_out_of_reach_is_said_in_one_line(
    tmp_path: Path, small: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawings, "NPM", ("sh", "-c", "echo no route to the registry >&2; exit 7", "npm"))
    monkeypatch.setattr(work, "read_config", read_config)
    with pytest.raises(CommandError, match="no route to the registry"):
        call_command("starter", "build-data", data=tmp_path)
    monkeypatch.setattr(drawings, "NPM", ("npm-that-is-not-there",))
    with pytest.raises(CommandError, match=r"npm.* is missing.*Install Node\.js"):
        call_command("starter", "build-data", data=tmp_path)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "x"])
def test_a_number_that_makes_no_sense_is_refused(text: str) -> None:
    for read_number in (command._positive, command._count):
        with pytest.raises((argparse.ArgumentTypeError, ValueError)):
            read_number(text)


def test_a_sample_sheet_shows_every_style_and_says_what_was_not_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_config()
    monkeypatch.setattr(work, "read_config", lambda: replace(whole, drawing={**whole.drawing, "steps": 1}))
    call_command("starter", "sample", data=tmp_path, prompt="a sleeping dog", out=tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (4 * 256, 3 * 256)
    assert "did not use these words: sleeping" in capsys.readouterr().out


def test_the_evaluation_writes_its_figures_into_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = read_config()
    hasty = replace(whole, drawing={**whole.drawing, "steps": 1})
    monkeypatch.setattr(work, "read_config", lambda: hasty)
    known = json.loads((export.MODEL / "vocabulary" / "concepts.json").read_text("utf-8"))["concepts"]
    make_folder(
        tmp_path, tuple(row["label"] for row in known), replace(hasty, network={**hasty.network, "code_width": 8})
    )
    card_file = tmp_path / card.CARD
    card_file.write_text(f"# Model\n\n{card.BEGIN}\nold figures\n{card.END}\n\nLimits.\n", "utf-8")
    monkeypatch.setattr(card, "write", partial(card.write, folder=tmp_path))
    monkeypatch.setattr(evaluation, "THINGS", 2)
    for name, value in {
        "COLOURED": ("car",),
        "COLOURS": {"blue": 215},
        "PAIRS": ("a cat and a dog",),
        "GRID": ("a dog", "a cat"),
        "PARAPHRASES": {"a puppy": "dog"},
        "OTHER_PARAPHRASES": {"a hen": "chicken"},
    }.items():
        monkeypatch.setattr(probes, name, value)
    call_command("starter", "train-judge", data=tmp_path, minutes=SHORT)
    call_command("starter", "evaluate", data=tmp_path, out=tmp_path / "grid.png")
    written = card_file.read_text("utf-8")
    assert "old figures" not in written
    assert written.startswith("# Model") and written.endswith("Limits.\n")
    for said, _ in card.ROWS.values():
        assert said in written
    assert '"top-1": ' in capsys.readouterr().out
    assert (tmp_path / "grid.png").stat().st_size > 1000
    assert len(read(tmp_path)[2]) == len(known)


def test_a_card_without_a_place_for_the_figures_is_not_written(tmp_path: Path) -> None:
    (tmp_path / card.CARD).write_text("# Model\n", "utf-8")
    with pytest.raises(ValueError, match="put them back"):
        card.write({"top-1": 1.0}, 1, 1, tmp_path)
