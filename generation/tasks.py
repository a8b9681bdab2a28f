"""Celery tasks: edges that make one domain call each."""

from __future__ import annotations

from typing import Any

from celery import Task, shared_task, signature

from atelier.core.db.tenancy import across
from atelier.core.tasks import worker_name
from generation.canvas import build_chain
from generation.device import LINK_RUNNERS, DeviceSlot
from generation.pipeline.registry import BY_NAME, UPLOAD, after_link, pool_of
from generation.runner import run_link
from generation.services.artifacts import sweep_artifacts
from generation.services.claims import claim_generation, list_waiting_stages


@shared_task(name="generation.start")
def start(generation_id: str, **_: Any) -> None:
    """Claim a dispatched generation, run a first CPU link here, send the rest. A copy finds nothing to claim."""
    with across("worker"):
        claimed = claim_generation(generation_id=generation_id)
    if claimed is None:
        return
    stages = claimed.stages
    first = stages[0]
    if (
        pool_of(first) == "cpu"
    ):  # this worker serves that pool: a message to itself would only cost a way through the broker
        if not run_link(generation_id=generation_id, fence=claimed.fence, stage=first, worker=worker_name()):
            return
        stages = after_link(stages)
    build_chain(
        generation_id=generation_id, fence=claimed.fence, queue=claimed.dispatch_queue, stages=stages
    ).apply_async()


@shared_task(name="generation.wake")
def wake(generation_id: str, fence: int, **_: Any) -> None:
    """Send the rest of a chain whose message may be lost, under the same fence."""
    with across("worker"):
        waiting = list_waiting_stages(generation_id=generation_id, fence=fence)
    if waiting is not None:
        build_chain(
            generation_id=generation_id, fence=fence, queue=waiting.dispatch_queue, stages=waiting.stages
        ).apply_async()


@shared_task(name="generation.sweep")
def sweep(generation_id: str, **_: Any) -> None:
    """Delete the artifacts of a generation that has ended."""
    with across("worker"):
        sweep_artifacts(generation_id=generation_id)


def _stage_task(name: str) -> Task:
    def run_stage(task: Task, generation_id: str, fence: int, **_: Any) -> None:
        rest, task.request.chain = task.request.chain, None  # sent when the link ends, which is later than this

        def link(slot: DeviceSlot) -> None:
            goes_on = run_link(generation_id=generation_id, fence=fence, stage=name, worker=worker_name(), slot=slot)
            if goes_on and rest:
                signature(rest[-1], app=task.app).apply_async(chain=rest[:-1])

        LINK_RUNNERS[pool_of(name)].run(link)

    return shared_task(name=f"generation.stage.{name}", bind=True)(run_stage)


STAGE_TASKS: dict[str, Task] = {name: _stage_task(name) for name in (*BY_NAME, UPLOAD)}
