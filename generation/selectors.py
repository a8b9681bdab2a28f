"""Reading generations and workers."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from atelier.core.db.database import columns_of, from_row
from atelier.core.db.statements import Statement
from atelier.core.db.tenancy import across
from atelier.core.errors import NotFound
from atelier.messaging.events import WebhookPayload
from atelier.messaging.outbox.models import OutboxMessage
from generation.models import Generation, GenerationEvent, Worker
from generation.pipeline import lifecycle

ALIVE_SECONDS = 20
KNOWN_SECONDS = 86_400


class GenerationNotFound(NotFound):
    """Unknown, or another workspace's: the two are not told apart."""

    def __init__(self) -> None:
        super().__init__("There is no generation with this id in your workspace.")


def get_generation(workspace_id: str, generation_id: str) -> Generation:
    """The workspace's generation. Raises `GenerationNotFound`."""
    generation = Generation.objects.filter(workspace_id=workspace_id, id=generation_id).first()
    if generation is None:
        raise GenerationNotFound
    return generation


def get_webhook_payload(message: OutboxMessage) -> WebhookPayload | None:
    """The webhook payload of a message about a generation (generation.queued ... generation.expired).

    It has only facts that were final at the time of the event. None if the generation was deleted.
    """
    generation = Generation.objects.filter(id=message.subject).first()
    if generation is None:
        return None
    kind = message.event.partition(".")[2]
    status = "processing" if kind == "started" else kind
    data: dict[str, Any] = {"generationId": generation.id, "status": status, "metadata": generation.request["metadata"]}
    if status not in lifecycle.TERMINAL:
        data |= {"creditsHeld": generation.credits_held}
        return WebhookPayload(generation.workspace_id, data, generation.webhook)
    data |= {"creditsUsed": generation.credits_used, "processingTimeMs": generation.processing_ms}
    if generation.error_code:
        data["error"] = {"code": generation.error_code, "message": generation.error_message}
    return WebhookPayload(generation.workspace_id, data, generation.webhook)


def list_generations(workspace_id: str) -> QuerySet[Generation]:
    """The workspace's generations, newest first."""
    return Generation.objects.filter(workspace_id=workspace_id).order_by("-created_at", "-id")


def list_events(generation_id: str, after: int = 0) -> list[GenerationEvent]:
    """Events with an id above `after`, in order."""
    return list(GenerationEvent.objects.filter(generation_id=generation_id, id__gt=after).order_by("id"))


def list_live_workers() -> list[Worker]:
    """Workers whose last heartbeat is at most 20 s old."""
    return [from_row(Worker, row) for row in _LIVE.run({"seconds": ALIVE_SECONDS})]


_LIVE = Statement(
    f"SELECT {', '.join(columns_of(Worker))} FROM generation_worker"  # noqa: S608  (our own columns)
    " WHERE seen_at > clock_timestamp() - %(seconds)s::float8 * interval '1 second'"
)


def list_served_models() -> set[str] | None:
    """Names of the models that any worker of the last day can load; None if there was no worker."""
    known, names = _SERVED.run({"seconds": KNOWN_SECONDS})[0]
    return set(names) if known else None


_SERVED = Statement("""
SELECT count(*) > 0, coalesce(array_agg(DISTINCT served.model) FILTER (WHERE served.model IS NOT NULL), '{}')
FROM generation_worker LEFT JOIN LATERAL jsonb_array_elements_text(model_names) AS served (model) ON true
WHERE seen_at > clock_timestamp() - %(seconds)s::float8 * interval '1 second'
""")


_POSITIONS = """
WITH turns AS (
    SELECT id, queue, row_number() OVER (PARTITION BY workspace_id ORDER BY created_at, id) AS turn, created_at
    FROM generation_generation WHERE status = 'queued' AND queue = ANY(%(queues)s)
), placed AS (
    SELECT id, row_number() OVER (PARTITION BY queue ORDER BY turn, created_at, id) AS position FROM turns
)
SELECT id, position FROM placed WHERE id = ANY(%(ids)s)
"""


def get_queue_positions(generations: list[Generation]) -> dict[str, int]:
    """1-based positions of the queued ones among `generations`, in the fair order of their queue."""
    queued = [generation for generation in generations if generation.status == lifecycle.QUEUED]
    if not queued:
        return {}
    values: dict[str, Any] = {"ids": [g.id for g in queued], "queues": list({g.queue for g in queued})}
    with across("figures"), connection.cursor() as cursor:
        cursor.execute(_POSITIONS, values)
        return dict(cursor.fetchall())
