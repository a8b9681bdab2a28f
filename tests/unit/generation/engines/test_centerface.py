"""CenterFace's maps become boxes and landmarks in the picture's own pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from generation.engines.centerface import CenterFace, decode
from generation.pipeline.stage import StageFailed

SIDE = 16
"""Cells of the hand-made maps: a picture of 64 x 64 pixels, four a cell."""


def empty_maps() -> list[np.ndarray]:
    return [np.zeros((1, channels, SIDE, SIDE), np.float32) for channels in (1, 2, 2, 10)]


def put_face(maps: Sequence[np.ndarray], row: int, column: int, score: float, high: float, wide: float) -> None:
    """A face of `high` x `wide` pixels whose centre lies in the middle of a cell, all landmarks in its corner."""
    maps[0][0, 0, row, column] = score
    maps[1][0, :, row, column] = math.log(high / 4), math.log(wide / 4)


def test_a_face_is_where_its_cell_says() -> None:
    maps = empty_maps()
    put_face(maps, row=5, column=8, score=0.9, high=24, wide=16)
    maps[3][0, :, 5, 8] = [0.25, 0.5, *([0.0] * 8)]  # y, x of the first landmark, as parts of the box
    (face,) = decode(maps, (1.0, 1.0), (64, 64))
    assert (face.x, face.y, face.width, face.height) == pytest.approx((26, 10, 16, 24))
    assert face.score == pytest.approx(0.9)
    assert face.landmarks[0] == pytest.approx((26 + 8, 10 + 6))
    assert face.landmarks[4] == pytest.approx((26, 10))
    assert len(face.landmarks) == 5


def test_offsets_move_the_centre_and_the_scale_leads_back_to_the_picture() -> None:
    maps = empty_maps()
    put_face(maps, row=5, column=8, score=0.9, high=24, wide=16)
    maps[2][0, :, 5, 8] = 0.5, -0.25  # cells: y, x
    (face,) = decode(maps, (2.0, 0.5), (128, 32))
    assert (face.x, face.y, face.width, face.height) == pytest.approx((50, 6, 32, 12))


def test_of_boxes_on_top_of_each_other_the_best_stays_and_distant_ones_all_stay() -> None:
    maps = empty_maps()
    put_face(maps, row=5, column=5, score=0.7, high=16, wide=16)
    put_face(maps, row=5, column=6, score=0.9, high=16, wide=16)
    put_face(maps, row=12, column=12, score=0.8, high=16, wide=16)
    scores = [face.score for face in decode(maps, (1.0, 1.0), (64, 64))]
    assert scores == pytest.approx([0.9, 0.8])


def test_weak_cells_are_no_faces_and_boxes_end_at_the_border() -> None:
    maps = empty_maps()
    put_face(maps, row=8, column=8, score=0.4, high=16, wide=16)
    assert decode(maps, (1.0, 1.0), (64, 64)) == []
    put_face(maps, row=0, column=15, score=0.9, high=40, wide=40)
    (face,) = decode(maps, (1.0, 1.0), (64, 64))
    assert (face.x, face.y) == pytest.approx((42, 0))
    assert (face.x + face.width, face.y + face.height) == pytest.approx((64, 22))


def test_weights_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(StageFailed, match="model_broken"):
        CenterFace(broken)
