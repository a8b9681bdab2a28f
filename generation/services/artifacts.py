"""Removing what stages left behind."""

from __future__ import annotations

from django.db import transaction

from generation.models import Generation, StageResult
from generation.pipeline import lifecycle
from storage.services import delete_artifact, delete_artifacts, delete_unrecorded


def sweep_artifacts(*, generation_id: str) -> int:
    """Delete all that the stages of an ended generation left, but for its assets; how many files. 0 while it lives."""
    generation = Generation.objects.filter(id=generation_id, completed_at__isnull=False).first()
    if generation is None:
        return 0
    deleted = delete_artifacts(workspace_id=generation.workspace_id, generation_id=generation_id)
    if generation.status != lifecycle.COMPLETED or generation.attempt > 1:  # else every image it stored is recorded
        deleted += delete_unrecorded(workspace_id=generation.workspace_id, source_id=generation_id)
    return deleted


def discard_results(*, generation_id: str, fence: int, key: str) -> int:
    """Drop the results that rest on a damaged artifact, so that the next attempt makes it again; how many.

    0 when the generation is not ours any more, and on a repeat.
    """
    with transaction.atomic():
        running = Generation.objects.select_for_update().filter(id=generation_id, fence=fence, status=lifecycle.RUNNING)
        if not running.exists():
            return 0
        delete_artifact(key)  # it is made again under the same name; a name never changes its bytes
        resting = StageResult.objects.filter(generation_id=generation_id, artifacts__contains=[{"key": key}])
        return resting.delete()[0]
