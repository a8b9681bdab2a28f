"""The upscaler says so when its weights or its output are not what they should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generation.engines import realesrgan_ncnn
from generation.engines.realesrgan_ncnn import PACKAGE, WEIGHTS, RealEsrganNcnn, load, resize
from generation.pipeline.catalog import ToolEntry
from generation.pipeline.stage import StageFailed
from tests.support.pictures import draw_apple

ENTRY = ToolEntry("compact", "Compact", "a:b", "BSD-3-Clause")


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(realesrgan_ncnn, "find_spec", lambda name: None)
    with pytest.raises(StageFailed, match=f"model_broken.*{PACKAGE}"):
        load(ENTRY, tmp_path)


def test_weights_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    for ending in (".param", ".bin"):
        (tmp_path / f"broken{ending}").write_bytes(b"not a network")
    with pytest.raises(StageFailed, match="model_broken"):
        RealEsrganNcnn("broken", tmp_path / "broken")


def test_numbers_that_are_no_picture_are_an_error(tmp_path: Path) -> None:
    upscaler = load(ENTRY, tmp_path)
    original = Path(realesrgan_ncnn.find_spec(PACKAGE).origin).parent / WEIGHTS  # type: ignore[union-attr, arg-type]  # installed
    weights = bytearray(original.with_suffix(".bin").read_bytes())
    weights[4:6] = b"\x00\x7e"  # the first weight becomes a half-precision NaN
    (tmp_path / "nan.bin").write_bytes(weights)
    (tmp_path / "nan.param").write_bytes(original.with_suffix(".param").read_bytes())
    broken = RealEsrganNcnn("nan", tmp_path / "nan")
    with pytest.raises(StageFailed, match="nan_output"):
        broken.upscale(draw_apple(), 192, 128, lambda done, total: None)
    assert upscaler.upscale(draw_apple(), 192, 128, lambda done, total: None).shape == (128, 192, 3)


def test_a_resize_averages_down_and_keeps_a_picture_of_its_size() -> None:
    picture = draw_apple(96, 64)
    assert resize(picture, 96, 64) is picture
    halved = resize(picture, 48, 32)
    blocks = picture.reshape(32, 2, 48, 2, 3).mean((1, 3))
    assert np.abs(halved - blocks).max() <= 0.5
    assert resize(picture, 100, 70).shape == (70, 100, 3)
