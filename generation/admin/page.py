"""Everything one generation's page shows, read with a fixed number of queries."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from atelier.core.admin.durations import short_duration
from atelier.core.errors import AtelierError
from billing.selectors import list_transfers
from generation.admin.timeline import Bar, draw_bars, list_spans
from generation.kinds import find_kind
from generation.models import Generation, GenerationEvent
from generation.pipeline import lifecycle
from generation.pipeline.spec import Spec
from storage.selectors import list_assets
from storage.services import link_asset

EVENTS = 200
SHOWN_ABOVE = {"prompt", "negative_prompt", "negativePrompt", "generation_id", "kind", "shots"}
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
    prompts: list[str]
    negative_prompts: list[str]
    asked: list[tuple[str, str]]
    spec: list[tuple[str, str]]
    facts: list[tuple[str, str]]

    @property
    def is_retryable(self) -> bool:
        return self.generation.status in lifecycle.RETRYABLE


def build_page(generation: Generation) -> GenerationPage:
    """Read all that belongs to the generation: about seven queries, however long it took."""
    spec = generation.plan_spec
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
        prompts=list(dict.fromkeys(shot.prompt for shot in spec.shots)),
        negative_prompts=list(dict.fromkeys(shot.negative_prompt for shot in spec.shots if shot.negative_prompt)),
        asked=_listed(_request(generation)),
        spec=_listed(generation.spec, [field.name for field in fields(Spec)]),
        facts=_listed(generation.facts),
    )


def _bars(generation: Generation) -> list[Bar]:
    results = generation.stage_results.order_by("created_at", "id").values_list("stage", "created_at", "duration_ms")
    spans = list_spans(
        created=generation.created_at,
        started=generation.started_at,
        ended=generation.completed_at,
        now=timezone.now(),
        results=results,
        current=generation.stage if generation.status == lifecycle.RUNNING else None,
        broken=_broken_off(generation),
    )
    return draw_bars(spans)


def _broken_off(generation: Generation) -> str | None:
    """The stage in which it ended without a delivery."""
    ended = generation.is_terminal and generation.status != lifecycle.COMPLETED
    return generation.stage or None if ended else None


def _pictures(generation: Generation) -> list[Picture]:
    assets = list_assets([generation.id])[generation.id]
    shots = generation.plan_spec.shots if assets else ()
    return [_picture(asset, shots[asset.ordinal].seed) for asset in assets]


def _picture(asset: Any, seed: int) -> Picture:
    try:
        url, reason = link_asset(asset).url, ""
    except AtelierError as error:
        url, reason = None, error.title
    return Picture(url, reason, seed, asset.width, asset.height, asset.format, f"{asset.size_bytes / 1000:,.0f} kB")


def _ledger(generation: Generation) -> list[Any]:
    """Its transfers. The window lets the index of the workspace's transfers serve the query."""
    until = (generation.completed_at or timezone.now()) + LEDGER_MARGIN
    window = (generation.created_at - LEDGER_MARGIN, until)
    found = list_transfers(generation.workspace_id).filter(reference=generation.id, created_at__range=window)
    return list(found.order_by("created_at", "id"))


def _line(generation: Generation, event: GenerationEvent) -> Line:
    data = ", ".join(f"{name} {_text(value)}" for name, value in sorted(event.data.items(), reverse=True))
    return Line(short_duration(event.created_at - generation.created_at), event.created_at, event.type, data)


def _request(generation: Generation) -> dict[str, Any]:
    """What was asked for, in the order of its kind's body."""
    kind = find_kind(generation.kind)
    return kind.read_request(generation.request) if kind else generation.request


def _listed(values: dict[str, Any], order: Sequence[str] = ()) -> list[tuple[str, str]]:
    """(name, value) pairs as text without what is empty or shown elsewhere; `order` first, for JSONB keeps none."""
    names = [*(name for name in order if name in values), *(name for name in values if name not in order)]
    shown = [name for name in names if name not in SHOWN_ABOVE and values[name] not in (None, "", {}, [])]
    return [(_in_words(name), _text(values[name])) for name in shown]


def _in_words(name: str) -> str:
    """`deadlineSeconds` and `deadline_seconds` as `deadline seconds`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").lower()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
