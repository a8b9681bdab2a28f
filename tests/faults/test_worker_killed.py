"""kill -9 of a worker in each stage, before and after its work, and on both sides of the last commit."""

from __future__ import annotations

import pytest

from tests.support.client import Api
from tests.support.installation import Installation, in_parallel, wait_until

pytestmark = pytest.mark.stack

LARGER = {"dimensions": {"width": 128, "height": 128}, "count": 2}
"""Larger than the model draws, so that it needs the upscaler."""

STORIES = {
    "studio": (
        {"cpu-a": "stage.prompt.started", "gpu-a": "stage.diffusion.started"},
        {"cpu-a": "stage.encode.stored", "gpu-a": "stage.face_restore.stored"},
        {"cpu-a": "settle.before_commit"},
    ),
    "professional": (
        {"cpu-b": "stage.prompt.stored", "gpu-b": "stage.diffusion.stored"},
        {"cpu-b": "stage.upload.started", "gpu-b": "stage.upscale.started"},
        {"cpu-b": "settle.after_commit"},
    ),
    "starter": (
        {"cpu-c": "stage.encode.started", "gpu-c": "stage.face_restore.started"},
        {"cpu-c": "stage.upload.stored", "gpu-c": "stage.upscale.stored"},
    ),
}
"""By tier, for every generation: where which worker dies. At most two deaths each, the third would be its end."""


def test_a_death_in_any_stage_costs_that_stage_and_nothing_else(installation: Installation) -> None:
    apis = {tier: installation.api(tier) for tier in STORIES}
    in_parallel(lambda tier: [_story(installation, apis[tier], points) for points in STORIES[tier]], list(STORIES))


def _story(installation: Installation, api: Api, points: dict[str, str]) -> None:
    before = {worker: installation.stack.pids[worker] for worker in points}
    installation.arm(points)
    done = api.wait(api.generate(**LARGER), 90)
    assert (done["status"], len(done["images"])) == ("completed", 2)
    assert not [name for name in installation.armed() if name.partition(".")[0] in points]
    for worker, pid in before.items():
        wait_until(
            lambda worker=worker, pid=pid: installation.stack.pids.get(worker, pid) != pid, f"{worker} is another"
        )
    costly = [point for point in points.values() if point != "settle.after_commit"]
    assert done["metadata"]["attempts"] == 1 + len(costly)
    assert _repeats(installation, done["generationId"]) == sorted(map(_stage_of, costly))


def _stage_of(point: str) -> str:
    """The stage that has to be done again."""
    return "upload" if point.startswith("settle.") else point.split(".")[1]


def _repeats(installation: Installation, generation_id: str) -> list[str]:
    """Stages that were begun more than once."""
    question = """SELECT data ->> 'stage' FROM generation_generationevent WHERE generation_id = %s AND type = 'stage'
        GROUP BY 1 HAVING count(*) > 1 ORDER BY 1"""
    return [stage for (stage,) in installation.query(question, generation_id)]
