"""The face stage counts faces and changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from generation.pipeline.engines import FACE_FINDER, Face, Loaded
from generation.pipeline.stage import Facts, Frame, State
from generation.pipeline.stages.face_restore import FaceRestore
from tests.support.specs import make_spec


class Finder:
    """Finds as many faces as the first pixel's red says."""

    def tool(self, role: object) -> Loaded[Any]:
        assert role is FACE_FINDER
        return Loaded(self, cache_hit=True, load_ms=0)

    def find(self, pixels: np.ndarray) -> list[Face]:
        return [Face(0, 0, 1, 1, 0.9, ())] * int(pixels[0, 0, 0])


def test_it_runs_only_where_the_client_left_it_on() -> None:
    assert FaceRestore().applies_to(make_spec(face_correction="auto"))
    assert not FaceRestore().applies_to(make_spec(face_correction="off"))


def test_frames_pass_unchanged_and_faces_are_counted_an_image() -> None:
    frames = [Frame(index, np.full((4, 4, 3), index, np.uint8)) for index in range(3)]
    beats: list[tuple[int, int]] = []
    stage = FaceRestore()
    engines: Any = Finder()
    beat = lambda step, steps: beats.append((step, steps))  # noqa: E731  a recorder in one line
    products = list(stage.run(State({}, frames), make_spec(count=3), engines, beat))
    assert products[:3] == frames
    assert products[3] == Facts({"faces": [0, 1, 2]})
    assert beats == [(0, 3), (1, 3), (2, 3)]
