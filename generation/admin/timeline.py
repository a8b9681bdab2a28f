"""Where the time of a generation went, as bars on one scale. Pure: the clock is an argument."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from atelier.core.admin.durations import short_duration

THINNEST = 0.4
"""Percent of the scale: the shortest bar is still seen."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took from `start` to `end`. `kind`: waiting, done, running or broken."""

    label: str
    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Bar:
    """A span as drawn: `left` and `width` as percent of the whole, ready for an SVG attribute."""

    label: str
    kind: str
    left: str
    width: str
    duration: str


def list_spans(
    *,
    created: datetime,
    started: datetime | None,
    ended: datetime | None,
    now: datetime,
    results: Iterable[tuple[str, datetime, int]],
    current: str | None,
    broken: str | None,
) -> list[Span]:
    """The wait in the queue, every finished stage, and what runs now or was broken off.

    `results` are (stage, finished at, milliseconds) in order; `current` is the stage that runs now, `broken` the
    one in which it ended without a delivery.
    """
    until = ended or now
    spans = [Span("queue", "waiting", created, started or until)]
    for stage, finished, milliseconds in results:
        spans.append(Span(stage, "done", finished - timedelta(milliseconds=milliseconds), finished))
    before = max([spans[-1].end, started or created])
    if current is not None:
        spans.append(Span(current, "running", before, until))
    elif broken is not None and started is not None:
        spans.append(Span(broken, "broken", before, until))
    return spans


def draw_bars(spans: list[Span]) -> list[Bar]:
    """The spans on one scale from the first start to the last end."""
    first = min(span.start for span in spans)
    whole = max((max(span.end for span in spans) - first).total_seconds(), 0.001)
    return [_bar(span, first, whole) for span in spans]


def _bar(span: Span, first: datetime, whole: float) -> Bar:
    length = max(0.0, (span.end - span.start).total_seconds())
    width = min(100.0, max(THINNEST, 100 * length / whole))
    left = min(100 - width, 100 * (span.start - first).total_seconds() / whole)
    return Bar(span.label, span.kind, f"{max(0.0, left):.2f}%", f"{width:.2f}%", short_duration(span.end - span.start))
