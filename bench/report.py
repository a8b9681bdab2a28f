"""What was measured: figures with their targets, as a table for people and as JSON for comparisons."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("results.json")
console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Result:
    """One measurement. `met` is None where the figures are context and nothing was promised."""

    name: str
    figures: dict[str, Any]
    target: str = ""
    met: bool | None = None


def percentile(values: Sequence[float], rank: float) -> float:
    """The smallest value that `rank` percent of `values` do not exceed (nearest rank); rank in 0..100.

    Raises ValueError for no values or another rank.
    """
    if not values or not 0 <= rank <= 100:
        raise ValueError("a percentile needs values, and a rank in 0..100")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * rank / 100) - 1)]


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Median, tail and worst of `values`, rounded."""
    ranks = {"p50": 50, "p95": 95, "p99": 99, "max": 100}
    return {name: round(percentile(values, rank), digits) for name, rank in ranks.items()}


def show(results: Sequence[Result]) -> None:
    """The table at the end."""
    table = Table(title="Atelier, measured", title_justify="left", show_lines=True)
    for heading in ("what", "target", "met", "figures"):
        table.add_column(heading, overflow="fold", vertical="top")
    for result in results:
        table.add_row(result.name, result.target, word(result.met), _lines(result.figures))
    console.print(table)


def save(results: Sequence[Result], machine: dict[str, Any], path: Path = RESULTS) -> None:
    """Write the results; those of benches that did not run this time are not kept."""
    date = datetime.now(UTC).isoformat(timespec="seconds")
    document = {"machine": machine, "date": date, "results": [asdict(result) for result in results]}
    path.write_text(json.dumps(document, indent=2) + "\n")


def word(met: bool | None) -> str:
    """The judgement in a word."""
    return {True: "[green]met[/]", False: "[red]missed[/]", None: "measured"}[met]


def _lines(figures: dict[str, Any]) -> str:
    rows = []
    for name, value in figures.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {item}" for key, item in value.items())
        rows.append(f"{name}: {value}")
    return "\n".join(rows)
