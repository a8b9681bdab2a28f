"""How a generation looks to clients: rows, assets and the queue as the resource of their kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from atelier.core.http.numbers import portable
from generation import resource
from generation.kinds import find_kind
from generation.models import Generation, StageResult
from generation.pipeline import lifecycle
from generation.pipeline.progress import STAGE_SPAN
from generation.pipeline.spec import Spec
from generation.resource import links_of
from generation.selectors import get_queue_positions
from generation.services.estimates import get_outlook
from generation.services.images import describe_images
from storage.selectors import list_assets


def describe_generation(generation: Generation) -> resource.Generation:
    """The whole resource."""
    return describe_generations([generation])[0]


def describe_generations(generations: Sequence[Generation]) -> list[resource.Generation]:
    """The resources in the same order, with three queries whatever their number."""
    finished = [generation.id for generation in generations if generation.status == lifecycle.COMPLETED]
    assets = list_assets(finished) if finished else {}
    positions = get_queue_positions(list(generations))
    stage_ms = _list_stage_ms([generation.id for generation in generations if generation.fence])
    return [
        _describe(generation, assets.get(generation.id, []), positions.get(generation.id), stage_ms[generation.id])
        for generation in generations
    ]


def _list_stage_ms(generation_ids: Sequence[str]) -> defaultdict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    if generation_ids:
        results = StageResult.objects.filter(generation_id__in=generation_ids).order_by("created_at", "id")
        for generation_id, stage, duration in results.values_list("generation_id", "stage", "duration_ms"):
            found[generation_id][stage] = duration
    return found


def _describe(
    generation: Generation, assets: Sequence[Any], position: int | None, stage_ms: dict[str, int]
) -> resource.Generation:
    """A row of a kind that only a newer release knows is shown without what that kind adds."""
    spec, kind = generation.plan_spec, find_kind(generation.kind)
    members = {
        "generationId": generation.id,
        "kind": generation.kind,
        "status": lifecycle.public_status(generation.status),
        "isTerminal": generation.is_terminal,
        "createdAt": generation.created_at,
        "startedAt": generation.started_at,
        "completedAt": generation.completed_at,
        "request": portable(kind.read_request(generation.request) if kind else generation.request),
        "progress": _progress(generation, spec, position),
        "images": describe_images(assets, spec),
        "metadata": _metadata(generation, spec, stage_ms),
        "creditsHeld": generation.credits_held,
        "creditsUsed": generation.credits_used,
        "processingTimeMs": generation.processing_ms,
        "error": _error(generation),
        "retryOf": generation.retry_of_id,
        "links": links_of(generation),
    }
    if kind is None:
        return resource.Generation.model_validate(members)
    return kind.answer.model_validate(members | dict(kind.describe(spec)))


def _progress(generation: Generation, spec: Spec, position: int | None) -> resource.Progress:
    percent = _percent(generation)
    return resource.Progress(
        stage=generation.stage if generation.status == lifecycle.RUNNING and generation.stage else None,
        step=generation.step,
        steps=generation.steps,
        percent=percent,
        queue_position=position,
        eta_seconds=None if generation.is_terminal else _eta(spec, position, percent),
    )


def _percent(generation: Generation) -> int:
    if generation.status == lifecycle.COMPLETED:
        return 100
    start, end = STAGE_SPAN.get(generation.stage, (0, 0))
    done = min(1.0, generation.step / generation.steps) if generation.steps else 0.0
    return int(start + (end - start) * done)


def _eta(spec: Spec, position: int | None, percent: int) -> int:
    outlook = get_outlook()
    if position is not None:
        return outlook.total_seconds(spec, position)
    return max(1, round(outlook.run_seconds(spec) * (100 - percent) / 100))


def _metadata(generation: Generation, spec: Spec, stage_ms: dict[str, int]) -> dict[str, Any]:
    """What the stages learned, over what was known from the start."""
    known = {
        "model": spec.model,
        "modelRevision": spec.model_revision,
        "seed": spec.seed,
        "inferenceSteps": spec.steps,
        "cacheHit": None,
        "loadMs": None,
    }
    return known | generation.facts | {"attempts": generation.attempt, "stageMs": stage_ms}


def _error(generation: Generation) -> dict[str, str] | None:
    """What made a live generation go back to the queue is not its end, so it is not shown."""
    if not generation.is_terminal or not generation.error_code:
        return None
    return {"code": generation.error_code, "message": generation.error_message}
