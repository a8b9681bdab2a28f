"""The face stage: finds the faces in every frame. The frames are passed on unchanged."""

from __future__ import annotations

from collections.abc import Iterator

from generation.pipeline.engines import FACE_FINDER, Engines
from generation.pipeline.spec import Spec
from generation.pipeline.stage import Beat, Facts, Frame, Pool, Product, State


class FaceRestore:
    """Counts faces if the spec has face correction `auto`. Facts: `faces`, one number an image, in order."""

    name = "face_restore"
    pool: Pool = "gpu"
    time_limit_seconds = 120

    def applies_to(self, spec: Spec) -> bool:
        return spec.face_correction == "auto"

    def run(self, state: State, spec: Spec, engines: Engines, beat: Beat) -> Iterator[Product]:
        finder = engines.tool(FACE_FINDER).engine
        counts: list[int] = []
        for item in state.items:
            beat(len(counts), spec.count)
            if isinstance(item, Frame):
                counts.append(len(finder.find(item.pixels)))
            yield item
        yield Facts({"faces": counts})
