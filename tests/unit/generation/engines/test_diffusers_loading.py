"""A model folder that is not whole is refused with a reason; it never draws from made-up weights."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.engines.diffusers_text_to_image import load
from generation.pipeline.catalog import ModelEntry
from generation.pipeline.engines import DrawRequest
from generation.pipeline.stage import StageFailed

UNET = "unet/diffusion_pytorch_model.safetensors"
AUTOENCODER = "vae/diffusion_pytorch_model.safetensors"
WORDS = "text_encoder/model.safetensors"
REQUEST = DrawRequest("an apple", "", 64, 64, 2, None, (1,))
Weights = dict[str, torch.Tensor]


def entry(**changes: str | None) -> ModelEntry:
    values: dict[str, str | None] = {"folder": "tiny", "revision": "1", **changes}
    return ModelEntry(
        name="tiny",
        title="Tiny",
        adapter="a:b",
        licence="MIT",
        serves=(),
        native_side=64,
        **values,  # type: ignore[arg-type]  # a mix
    )


@pytest.fixture
def copy(tiny_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model, to be broken."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "tiny"))


def change_weights(file: Path, change: Callable[[Weights], object]) -> None:
    weights = load_file(file)
    change(weights)
    save_file(weights, file, metadata={"format": "pt"})


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def turn_into_pickle(file: Path) -> None:
    torch.save(load_file(file), file.with_name(file.name.replace("model.safetensors", "model.bin")))
    file.unlink()


def name_class(folder: Path, old: str, new: str) -> None:
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace(old, new))


BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (shutil.rmtree, "folder is missing"),
    "no index": (lambda folder: (folder / "model_index.json").unlink(), "holds no model_index.json"),
    "index is not JSON": (lambda folder: (folder / "model_index.json").write_text("{"), "not JSON"),
    "index is a list": (lambda folder: (folder / "model_index.json").write_text("[]"), "names no pipeline"),
    "unknown class": (lambda folder: name_class(folder, "StableDiffusionPipeline", "Nothing"), "Nothing"),
    "a part is missing": (lambda folder: shutil.rmtree(folder / "unet"), "unet is missing"),
    "no tokenizer": (lambda folder: shutil.rmtree(folder / "tokenizer"), "tokenizer is missing"),
    "no config": (lambda folder: (folder / "vae" / "config.json").unlink(), "config.json"),
    "half a file": (lambda folder: truncate(folder / UNET), "tiny/unet"),
    "half an encoder": (lambda folder: truncate(folder / WORDS), "incomplete"),
    "pickled unet": (lambda folder: turn_into_pickle(folder / UNET), "no file named"),
    "pickled encoder": (lambda folder: turn_into_pickle(folder / WORDS), "no file named"),
    "a weight of the unet is missing": (
        lambda folder: change_weights(folder / UNET, lambda weights: weights.pop("conv_in.weight")),
        "weights are missing",
    ),
    "a weight of the encoder is missing": (
        lambda folder: change_weights(folder / WORDS, lambda weights: weights.popitem()),
        "weights are missing in text_encoder",
    ),
    "a weight has another shape": (
        lambda folder: change_weights(folder / UNET, lambda weights: weights.update({"conv_in.bias": torch.zeros(3)})),
        "shape",
    ),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_broken_folder_is_refused_with_the_reason(copy: Path, case: str) -> None:
    break_it, reason = BREAKS[case]
    break_it(copy)
    with pytest.raises(StageFailed, match="cannot be loaded") as caught:
        load(entry(), copy.parent)
    assert (caught.value.code, caught.value.retryable) == ("model_broken", False)
    assert reason in caught.value.message
    assert str(copy) not in caught.value.message  # no paths of the worker to the client
    assert "\n" not in caught.value.message


def test_code_in_the_folder_is_not_run(copy: Path, tmp_path: Path) -> None:
    (copy / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Mine: pass\n")
    name_class(copy, '"StableDiffusionPipeline"', '["mine", "Mine"]')
    with pytest.raises(StageFailed, match="model_broken"):
        load(entry(), copy.parent)
    assert not (tmp_path / "ran").exists()


def test_a_hub_that_cannot_be_reached_is_worth_another_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(StageFailed, match="model_unavailable") as caught:
        load(entry(folder=None, hub_id="nobody/nothing", revision="0" * 40), tmp_path)
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("file", "weight", "value", "code"),
    [
        (UNET, "conv_in.weight", float("nan"), "nan_output"),
        (AUTOENCODER, "decoder.conv_out.weight", float("nan"), "nan_output"),
        (AUTOENCODER, "decoder.conv_out.bias", float("inf"), "nan_output"),
        (AUTOENCODER, "decoder.conv_out.weight", 0.0, "flat_output"),
    ],
)
def test_output_that_is_no_picture_is_an_error(copy: Path, file: str, weight: str, value: float, code: str) -> None:
    change_weights(copy / file, lambda weights: weights[weight].fill_(value))
    engine = load(entry(), copy.parent)
    with pytest.raises(StageFailed) as caught:
        list(engine.draw(REQUEST, lambda done, total: None))
    assert (caught.value.code, caught.value.retryable) == (code, False)
