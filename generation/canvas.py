"""The Celery chain of a generation: one link for consecutive stages of one pool."""

from __future__ import annotations

from celery import chain, current_app

from atelier.messaging.queues import route
from generation.pipeline.registry import links, pool_of


def build_chain(*, generation_id: str, fence: int, queue: str, stages: tuple[str, ...]) -> chain:
    """Immutable signatures of (generation_id, fence), each for the queue of its pool and tier."""
    return chain(
        current_app.signature(f"generation.stage.{name}", args=(generation_id, fence), immutable=True).set(
            queue=route(pool_of(name), queue)
        )
        for name in links(stages)
    )
