"""How a generation looks to clients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from atelier.core.http.answers import rfc3339
from generation.api.fields import describe_request
from generation.models import Generation, StageResult
from generation.pipeline import lifecycle
from generation.pipeline.spec import GenerationSpec
from generation.selectors import get_queue_positions
from generation.services.estimates import Outlook, get_outlook
from generation.services.images import describe_images
from generation.services.submission import Accepted
from storage.selectors import list_assets

STAGE_SPAN = {
    "prompt": (0, 1),
    "diffusion": (1, 80),
    "face_restore": (80, 85),
    "upscale": (85, 95),
    "encode": (95, 99),
    "upload": (99, 100),
}
"""Which part of `percent` each stage is. Round figures: the drawing takes most of the time."""


def location(generation_id: str) -> str:
    """The absolute URL of a generation."""
    return f"{settings.ATELIER_PUBLIC_URL}/{settings.API_PREFIX}projects/{generation_id}"


def describe_accepted(accepted: Accepted, outlook: Outlook, position: int) -> dict[str, Any]:
    """The body of a 202: a generation that is in the queue at `position`."""
    generation = accepted.generation
    return {
        "generationId": generation.id,
        "status": lifecycle.public_status(generation.status),
        "isTerminal": False,
        "estimatedTimeSeconds": outlook.total_seconds(generation.plan_spec, position),
        "queuePosition": position,
        "creditsHeld": generation.credits_held,
        "creditsUsed": 0,
        "images": [],
        "links": _links(generation),
    }


def describe_generation(generation: Generation) -> dict[str, Any]:
    """The whole resource."""
    return describe_generations([generation])[0]


def describe_generations(generations: Sequence[Generation]) -> list[dict[str, Any]]:
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
) -> dict[str, Any]:
    spec = generation.plan_spec
    return {
        "generationId": generation.id,
        "status": lifecycle.public_status(generation.status),
        "isTerminal": generation.is_terminal,
        "createdAt": rfc3339(generation.created_at),
        "startedAt": rfc3339(generation.started_at),
        "completedAt": rfc3339(generation.completed_at),
        "request": describe_request(generation.request),
        "progress": _progress(generation, spec, position),
        "images": describe_images(assets, spec),
        "metadata": _metadata(generation, spec, stage_ms),
        "creditsHeld": generation.credits_held,
        "creditsUsed": generation.credits_used,
        "processingTimeMs": generation.processing_ms,
        "error": _error(generation),
        "retryOf": generation.retry_of_id,
        "links": _links(generation),
    }


def _progress(generation: Generation, spec: GenerationSpec, position: int | None) -> dict[str, Any]:
    percent = _percent(generation)
    return {
        "stage": generation.stage if generation.status == lifecycle.RUNNING and generation.stage else None,
        "step": generation.step,
        "steps": generation.steps,
        "percent": percent,
        "queuePosition": position,
        "etaSeconds": None if generation.is_terminal else _eta(spec, position, percent),
    }


def _percent(generation: Generation) -> int:
    if generation.status == lifecycle.COMPLETED:
        return 100
    start, end = STAGE_SPAN.get(generation.stage, (0, 0))
    done = min(1.0, generation.step / generation.steps) if generation.steps else 0.0
    return int(start + (end - start) * done)


def _eta(spec: GenerationSpec, position: int | None, percent: int) -> int:
    outlook = get_outlook()
    if position is not None:
        return outlook.total_seconds(spec, position)
    return max(1, round(outlook.run_seconds(spec) * (100 - percent) / 100))


def _metadata(generation: Generation, spec: GenerationSpec, stage_ms: dict[str, int]) -> dict[str, Any]:
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


def _links(generation: Generation) -> dict[str, str | None]:
    """Where to go from here; null where the status allows no such step."""
    here = location(generation.id)
    return {
        "self": here,
        "events": f"{here}/events",
        "cancel": None if generation.is_terminal else here,
        "retry": f"{here}/retry" if generation.status in lifecycle.RETRYABLE else None,
    }
