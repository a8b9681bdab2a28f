"""Cancelling a generation: at once while nobody works on it, else at the worker's next beat."""

from __future__ import annotations

from django.db import transaction

from atelier.audit.services import record
from atelier.core.db.database import Now
from atelier.core.errors import Conflict
from generation.models import Generation
from generation.pipeline import lifecycle
from generation.selectors import GenerationNotFound, get_generation
from generation.services.completion import end_generation, lock_generation


class AlreadyTerminal(Conflict):
    code = "already_terminal"
    title = "The generation has already ended"


def cancel_generation(*, workspace_id: str, generation_id: str, actor: str) -> Generation:
    """The generation as it is then. Raises `GenerationNotFound`, `AlreadyTerminal`."""
    with transaction.atomic():
        generation = lock_generation(generation_id)
        if generation is None or generation.workspace_id != workspace_id:
            raise GenerationNotFound
        if generation.is_terminal:
            ended = f"It is {generation.status}; there is nothing to cancel."
            raise AlreadyTerminal(ended, generationStatus=generation.status)
        if generation.status == lifecycle.RUNNING and generation.lease_expires_at is not None:
            _request_cancel(generation, actor)
        else:
            end_generation(generation, lifecycle.CANCELLED, actor=actor)
    return get_generation(workspace_id, generation_id)


def _request_cancel(generation: Generation, actor: str) -> None:
    asked = Generation.objects.filter(id=generation.id, cancel_requested_at=None).update(cancel_requested_at=Now())
    if asked:
        record(
            workspace_id=generation.workspace_id,
            actor=actor,
            action="generation.cancel_requested",
            subject=generation.id,
        )
