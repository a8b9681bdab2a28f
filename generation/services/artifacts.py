"""Removing what stages left behind."""

from __future__ import annotations

from generation.models import Generation
from storage.services import delete_artifacts


def sweep_artifacts(*, generation_id: str) -> int:
    """Delete every artifact, of every fence, of a generation that has ended; how many. 0 while it lives."""
    generation = Generation.objects.filter(id=generation_id, completed_at__isnull=False).first()
    if generation is None:
        return 0
    return delete_artifacts(workspace_id=generation.workspace_id, generation_id=generation_id)
