"""Removing what stages left behind."""

from __future__ import annotations

from django.db import transaction

from atelier.core.db.statements import Statement
from generation.models import Generation, StageResult
from generation.pipeline import lifecycle
from storage.services import delete_artifact, delete_artifacts, delete_unrecorded

_ENDED = Statement("""
SELECT workspace_id, status = 'completed' AND fence = 1, ARRAY(
    SELECT DISTINCT artifact ->> 'key' FROM generation_stageresult, jsonb_array_elements(artifacts) AS artifact
    WHERE generation_id = generation.id AND artifact ->> 'kind' = 'frame')
FROM generation_generation AS generation WHERE id = %(id)s AND completed_at IS NOT NULL
""")


def sweep_artifacts(*, generation_id: str) -> int:
    """Delete all that the stages of an ended generation left, but for its assets; how many files. 0 while it lives.

    What came through at its first start left what is recorded and nothing else: a single frame is deleted by its name.
    """
    ended = _ENDED.first({"id": generation_id})
    if ended is None:
        return 0
    workspace_id, at_first, frames = ended
    if at_first and len(frames) == 1:
        delete_artifact(frames[0])
        return 1
    deleted = delete_artifacts(workspace_id=workspace_id, generation_id=generation_id)
    if not at_first:
        deleted += delete_unrecorded(workspace_id=workspace_id, source_id=generation_id)
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
