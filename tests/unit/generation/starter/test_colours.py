"""Drawings take on the colours that a prompt names."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest

from generation.starter.colours import BACKGROUNDS, COLOURS, GREYS, HUES, paint_background, recolour


def drawing(red: float, green: float, blue: float) -> np.ndarray:
    """An 8 x 8 square of one colour in the middle of nothing."""
    picture = np.zeros((16, 16, 4), np.float32)
    picture[4:12, 4:12] = (red, green, blue, 1)
    return picture


@pytest.mark.parametrize("colour", sorted(HUES))
@pytest.mark.parametrize("before", [(0.9, 0.1, 0.1), (0.2, 0.6, 0.9), (0.7, 0.7, 0.7)])
def test_the_main_hue_turns_to_the_colour(colour: str, before: tuple[float, float, float]) -> None:
    after = recolour(drawing(*before), colour)[8, 8]
    hue, saturation, _ = colorsys.rgb_to_hsv(*map(float, after[:3]))
    assert abs((hue * 360 - HUES[colour] + 180) % 360 - 180) < 6
    assert saturation > 0.3
    assert after[3] == 1


@pytest.mark.parametrize("colour", sorted(GREYS))
def test_a_grey_takes_the_colour_out(colour: str) -> None:
    after = recolour(drawing(0.9, 0.3, 0.1), colour)[8, 8, :3]
    assert np.ptp(after) < 0.1
    assert abs(float(after.max()) - GREYS[colour]) < 0.06


def test_shapes_stay() -> None:
    before = drawing(0.9, 0.1, 0.1)
    for colour in COLOURS:
        assert np.array_equal(recolour(before, colour)[..., 3], before[..., 3])


@pytest.mark.parametrize("name", sorted(BACKGROUNDS))
def test_every_background_fills_the_canvas(name: str) -> None:
    canvas = paint_background(name, 5, 7)
    assert canvas.shape == (7, 5, 3)
    assert 0 <= canvas.min() <= canvas.max() <= 1
