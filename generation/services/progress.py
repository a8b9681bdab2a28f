"""Telling watchers about single images."""

from __future__ import annotations

from django.db import transaction

from generation.models import Generation
from generation.services.claims import StageClaim
from generation.services.events import add_event


def report_image(claim: StageClaim, index: int) -> None:
    """Event `image` for image `index` (0-based), while the claim is ours."""
    with transaction.atomic():
        ours = Generation.objects.select_for_update().filter(
            id=claim.generation_id, fence=claim.fence, status="running"
        )
        if ours.exists():
            add_event(claim.generation_id, "image", {"index": index})
