"""The statistics of the benchmarks' report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.report import Result, percentile, save, spread


@pytest.mark.parametrize(("rank", "value"), [(0, 1), (50, 2), (51, 3), (75, 3), (99, 4), (100, 4)])
def test_a_percentile_is_a_value_that_was_measured(rank: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], rank) == value


@pytest.mark.parametrize(("values", "rank"), [([], 50), ([1.0], 101), ([1.0], -1)])
def test_a_percentile_of_nothing_or_of_another_rank_is_refused(values: list[float], rank: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, rank)


def test_the_spread_shows_the_tail() -> None:
    assert spread([float(number) for number in range(1, 101)]) == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 100.0}


def test_what_is_saved_can_be_read_back(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    save([Result("accept", {"p50": 12.5}, "p50 <= 30 ms", met=True)], {"cores": 2}, path)
    document = json.loads(path.read_text())
    assert document["machine"] == {"cores": 2}
    assert document["results"] == [{"name": "accept", "figures": {"p50": 12.5}, "target": "p50 <= 30 ms", "met": True}]
