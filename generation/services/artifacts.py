"""Removing what stages left behind."""

from __future__ import annotations

from django.db import transaction

from generation.models import Generation, StageResult
from generation.pipeline import lifecycle
from storage.services import delete_artifacts


def sweep_artifacts(*, generation_id: str) -> int:
    """Delete every artifact, of every fence, of a generation that has ended; how many. 0 while it lives."""
    generation = Generation.objects.filter(id=generation_id, completed_at__isnull=False).first()
    if generation is None:
        return 0
    return delete_artifacts(workspace_id=generation.workspace_id, generation_id=generation_id)


def discard_results(*, generation_id: str, fence: int, key: str) -> int:
    """Drop the results that rest on a damaged artifact, so that the next attempt makes it again; how many.

    0 when the generation is not ours any more, and on a repeat.
    """
    with transaction.atomic():
        running = Generation.objects.select_for_update().filter(id=generation_id, fence=fence, status=lifecycle.RUNNING)
        if not running.exists():
            return 0
        resting = StageResult.objects.filter(generation_id=generation_id, artifacts__contains=[{"key": key}])
        return resting.delete()[0]
