"""Estimates of the time until delivery, from recent runs, or from the catalogue if there are none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection

from atelier.core.cached import Cached
from atelier.core.db.statements import Statement
from atelier.core.db.tenancy import across
from generation.catalog import get_catalog
from generation.pipeline.catalog import UnknownModel
from generation.pipeline.spec import Spec
from generation.selectors import list_live_workers

OUTLOOK_SECONDS = 10.0
QUEUE_SECONDS = 1.0
RECENT = 200
"""Completed runs that are read, newest first, of all models together."""
UNKNOWN_STEP_SECONDS = 0.1
"""For a model that is not in the catalogue and has no runs."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Median seconds of one denoising step of one image by model, all other work included; and live GPU workers."""

    step_seconds: Mapping[str, float] = field(default_factory=dict)
    workers: int = 1

    def run_seconds(self, spec: Spec) -> float:
        """From the claim to the delivery of all images."""
        measured = self.step_seconds.get(spec.model)
        seconds = _catalogue_step_seconds(spec.model) if measured is None else measured
        return seconds * spec.steps * spec.count

    def total_seconds(self, spec: Spec, position: int) -> int:
        """From now to the delivery for `position` (1-based) in the queue, rounded up, at least 1."""
        run = self.run_seconds(spec)
        return max(1, math.ceil(run + position * run / max(1, self.workers)))


def _catalogue_step_seconds(model: str) -> float:
    try:
        return get_catalog().model(model).seconds_per_step
    except UnknownModel:
        return UNKNOWN_STEP_SECONDS


def get_outlook() -> Outlook:
    """The outlook, cached for at most 10 s."""
    return _outlook.get()


_STEP_SECONDS = """
SELECT model, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds / units) FROM (
    SELECT model, extract(epoch FROM completed_at - started_at)::float8 AS seconds,
        greatest(1, (spec ->> 'count')::int * (spec ->> 'steps')::int) AS units
    FROM generation_generation
    WHERE status = 'completed' AND created_at > clock_timestamp() - interval '1 day'
    ORDER BY created_at DESC LIMIT %s
) AS runs GROUP BY model
"""


def read_outlook() -> Outlook:
    """The outlook, read now."""
    with across("figures"), connection.cursor() as cursor:
        cursor.execute(_STEP_SECONDS, [RECENT])
        step_seconds = dict(cursor.fetchall())
    workers = [worker for worker in list_live_workers() if any(name.startswith("gpu.") for name in worker.queues)]
    return Outlook(step_seconds, len(workers))


_outlook = Cached(read_outlook, OUTLOOK_SECONDS)

_OWN = Statement("""
SELECT count(*) FROM generation_generation
WHERE status = 'queued' AND queue = %(queue)s AND workspace_id = %(workspace)s
""")
_WAITING = Statement("""
SELECT queue, workspace_id, count(*) FROM generation_generation WHERE status = 'queued' GROUP BY queue, workspace_id
""")


def _read_queues() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with across("figures"):
        for queue, workspace_id, total in _WAITING.run():
            found.setdefault(queue, {})[workspace_id] = total
    return found


QUEUES = Cached(_read_queues, QUEUE_SECONDS)
"""Queued generations by queue and workspace, cached: counting a long queue would cost more than the request."""


def get_next_position(workspace_id: str, queue: str) -> int:
    """The 1-based position of the workspace's next generation in the fair order of its queue.

    Its own generations are counted now, those of other workspaces are cached for at most a second.
    """
    own = _OWN.run({"workspace": workspace_id, "queue": queue})[0][0] + 1
    others = (total for name, total in QUEUES.get().get(queue, {}).items() if name != workspace_id)
    return own + sum(min(total, own) for total in others)
