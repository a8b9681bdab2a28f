"""Everything one generation's page shows, read with a fixed number of queries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from atelier.core.admin.durations import short_duration
from atelier.core.errors import AtelierError
from billing.selectors import list_transfers
from generation.admin.timeline import Bar, draw_bars, list_spans
from generation.models import Generation, GenerationEvent
from generation.pipeline import lifecycle
from generation.pipeline.request import GenerationRequest
from generation.pipeline.spec import GenerationSpec
from storage.selectors import list_assets
from storage.services import link_asset

EVENTS = 200
SHOWN_ABOVE = {"prompt", "negative_prompt", "generation_id"}
LEDGER_MARGIN = timedelta(hours=1)
"""How long before the start and after the end a generation's transfers are looked for."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A delivered image: `url` is None when no link can be made, and `reason` says why."""

    url: str | None
    reason: str
    seed: int
    width: int
    height: int
    format: str
    size_kb: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log: when, counted from the start, and what."""

    after: str
    at: datetime
    what: str
    facts: str


@dataclass(frozen=True, slots=True)
class GenerationPage:
    """What the template needs beside the generation itself."""

    generation: Generation
    bars: list[Bar]
    pictures: list[Picture]
    events: list[Line]
    steps_reported: int
    ledger: list[Any]
    retries: list[str]
    asked: list[tuple[str, str]]
    spec: list[tuple[str, str]]
    facts: list[tuple[str, str]]

    @property
    def is_retryable(self) -> bool:
        return self.generation.status in lifecycle.RETRYABLE


def build_page(generation: Generation) -> GenerationPage:
    """Read all that belongs to the generation: about seven queries, however long it took."""
    events = generation.events.exclude(type="step").order_by("id")[:EVENTS]
    return GenerationPage(
        generation=generation,
        bars=_bars(generation),
        pictures=_pictures(generation),
        events=[_line(generation, event) for event in events],
        steps_reported=generation.events.filter(type="step").count(),
        ledger=_ledger(generation),
        retries=list(
            Generation.objects.filter(retry_of=generation).order_by("created_at").values_list("id", flat=True)
        ),
        asked=_told(generation.request, _names(GenerationRequest)),
        spec=_told(generation.spec, _names(GenerationSpec)),
        facts=_told(generation.facts),
    )


def _bars(generation: Generation) -> list[Bar]:
    results = generation.stage_results.order_by("created_at", "id").values_list("stage", "created_at", "duration_ms")
    spans = list_spans(
        created=generation.created_at, started=generation.started_at, ended=generation.completed_at,
        now=timezone.now(), results=results,
        current=generation.stage if generation.status == lifecycle.RUNNING else None,
        broken=_broken_off(generation),
    )  # fmt: skip
    return draw_bars(spans)


def _broken_off(generation: Generation) -> str | None:
    """The stage in which it ended without a delivery."""
    ended = generation.is_terminal and generation.status != lifecycle.COMPLETED
    return generation.stage or None if ended else None


def _pictures(generation: Generation) -> list[Picture]:
    assets = list_assets([generation.id])[generation.id]
    spec = generation.plan_spec if assets else None
    return [_picture(asset, spec.image_seed(asset.ordinal) if spec else 0) for asset in assets]


def _picture(asset: Any, seed: int) -> Picture:
    try:
        url, reason = link_asset(asset).url, ""
    except AtelierError as error:
        url, reason = None, error.title
    return Picture(
        url, reason, seed, asset.width, asset.height, asset.format, f"{asset.size_bytes / 1000:,.0f} kB"
    )  # fmt: skip


def _ledger(generation: Generation) -> list[Any]:
    """Its transfers. The window lets the index of the workspace's transfers serve the query."""
    until = (generation.completed_at or timezone.now()) + LEDGER_MARGIN
    window = (generation.created_at - LEDGER_MARGIN, until)
    found = list_transfers(generation.workspace_id).filter(reference=generation.id, created_at__range=window)
    return list(found.order_by("created_at", "id"))


def _line(generation: Generation, event: GenerationEvent) -> Line:
    told = ", ".join(f"{name} {_text(value)}" for name, value in sorted(event.data.items(), reverse=True))
    return Line(short_duration(event.created_at - generation.created_at), event.created_at, event.type, told)


def _told(values: dict[str, Any], order: Sequence[str] = ()) -> list[tuple[str, str]]:
    """(name, value) pairs as text without what is empty or shown elsewhere; `order` first, for JSONB keeps none."""
    names = [*(name for name in order if name in values), *(name for name in values if name not in order)]
    told = [name for name in names if name not in SHOWN_ABOVE and values[name] not in (None, "", {}, [])]
    return [(name.replace("_", " "), _text(values[name])) for name in told]


def _names(kind: Any) -> list[str]:
    return [field.name for field in fields(kind)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
