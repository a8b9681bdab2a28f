"""When a generation passed which point, out of its own rows, and how long it was between them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from bench.report import percentile

CHANNEL = "atelier_generation"  # generation/services/events.py
LONGEST_SECONDS = 120.0

_POINTS = """
SELECT 'row.created', created_at FROM generation_generation WHERE id = %(id)s
UNION ALL SELECT 'dispatched', dispatched_at FROM generation_generation WHERE id = %(id)s
UNION ALL SELECT 'started', started_at FROM generation_generation WHERE id = %(id)s
UNION ALL SELECT 'completed', completed_at FROM generation_generation WHERE id = %(id)s
UNION ALL SELECT 'published', published_at FROM outbox_outboxmessage
    WHERE subject = %(id)s AND event = 'generation.dispatched'
UNION ALL SELECT 'stage.' || (data ->> 'stage'), created_at FROM generation_generationevent
    WHERE generation_id = %(id)s AND type = 'stage'
UNION ALL SELECT 'result.' || stage, created_at FROM generation_stageresult WHERE generation_id = %(id)s
UNION ALL SELECT 'image', max(created_at) FROM generation_generationevent
    WHERE generation_id = %(id)s AND type = 'image'
"""
_ENDED = """
SELECT id, status, error_code FROM generation_generation WHERE id = ANY(%s) AND completed_at IS NOT NULL
"""
_DURATIONS = "SELECT stage, duration_ms FROM generation_stageresult WHERE generation_id = %s"


@dataclass
class Timeline:
    """Points as seconds since 1970 by name, and the duration in milliseconds that each stage recorded."""

    points: dict[str, float]
    stage_ms: dict[str, int] = field(default_factory=dict)

    def between(self, first: str, last: str) -> float:
        """Milliseconds from one point to another."""
        return (self.points[last] - self.points[first]) * 1000


def read_timeline(connection: psycopg.Connection, generation_id: str, **points: float) -> Timeline:
    """What the rows say of a generation that has ended; `points` are added (seconds since 1970)."""
    rows: list[tuple[str, datetime | None]] = connection.execute(_POINTS, {"id": generation_id}).fetchall()
    read = {name: at.timestamp() for name, at in rows if at is not None}
    stages = dict(connection.execute(_DURATIONS, [generation_id]).fetchall())
    return Timeline(read | points, stages)


def explain(timelines: Sequence[Timeline], first: str, last: str) -> dict[str, float]:
    """The median way from point `first` to point `last`, step by step in the order of the points."""
    names = _in_order(timelines, first, last)
    steps = {}
    for earlier, later in zip(names, names[1:], strict=False):
        times = [timeline.between(earlier, later) for timeline in timelines]
        steps[f"{earlier} > {later}"] = round(percentile(times, 50), 1)
    return steps


def _in_order(timelines: Sequence[Timeline], first: str, last: str) -> list[str]:
    """Points that every timeline has, by their median distance from `first`."""
    shared = set.intersection(*(set(timeline.points) for timeline in timelines))
    distance = {name: percentile([line.between(first, name) for line in timelines], 50) for name in shared}
    inner = sorted((name for name in shared - {first, last} if 0 <= distance[name] <= distance[last]), key=distance.get)
    return [first, *inner, last]


class Watcher:
    """Learns of the end of a generation as the API's event stream does: by the database's notification."""

    def __init__(self, url: str) -> None:
        self._listening = psycopg.connect(url, autocommit=True)
        self._listening.execute(f"LISTEN {CHANNEL}")

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def wait(self, generation_ids: Iterable[str]) -> float:
        """Return when all of them have ended: that moment, in seconds since 1970.

        Raises TimeoutError after 120 s, RuntimeError when one did not complete.
        """
        waiting, deadline = set(generation_ids), time.monotonic() + LONGEST_SECONDS
        while waiting := self._still_live(waiting):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(waiting)} generations have not ended, such as {min(waiting)}")
            for _ in self._listening.notifies(timeout=1.0, stop_after=1):
                pass
        return time.time()

    def _still_live(self, waiting: set[str]) -> set[str]:
        ended = self._listening.execute(_ENDED, [list(waiting)]).fetchall()
        failed = [f"{name} {status} {code}" for name, status, code in ended if status != "completed"]
        if failed:
            raise RuntimeError(f"did not complete: {failed[:3]}")
        return waiting - {name for name, _, _ in ended}
