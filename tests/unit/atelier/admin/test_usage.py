"""The bars of what a workspace spent."""

from __future__ import annotations

from datetime import date, timedelta

from atelier.admin.usage import DAYS, HEIGHT, LOWEST, Chart, draw_usage
from billing.statements import Spent

TODAY = date(2026, 3, 3)


def spent(days_ago: int, captured: int, refunded: int = 0, deliveries: int = 1, actor: str = "key_a") -> Spent:
    return Spent(TODAY - timedelta(days=days_ago), actor, captured, refunded, deliveries)


def heights(chart: Chart) -> list[float]:
    return [float(bar.height) for bar in chart.bars]


def test_nothing_spent_is_said_and_drawn_as_thirty_empty_days() -> None:
    chart = draw_usage([], TODAY)
    assert chart.is_empty
    assert chart.description == "Nothing was spent."
    assert heights(chart) == [0.0] * DAYS


def test_the_days_end_with_today_and_every_seventh_is_marked() -> None:
    bars = draw_usage([], TODAY).bars
    assert bars[0].description.startswith("2026-02-02")
    assert bars[-1].description.startswith("2026-03-03")
    assert [bar.label for bar in bars if bar.marked] == ["02-03", "02-10", "02-17", "02-24", "03-03"]


def test_the_highest_day_fills_the_drawing_and_the_others_are_in_proportion() -> None:
    chart = draw_usage([spent(2, 10), spent(1, 40), spent(0, 20)], TODAY)
    assert heights(chart)[-3:] == [HEIGHT / 4, HEIGHT, HEIGHT / 2]
    assert [float(bar.top) + float(bar.height) for bar in chart.bars] == [HEIGHT] * DAYS
    assert (chart.spent, chart.generations, chart.highest) == (70, 3, 40)


def test_keys_of_one_day_are_one_bar() -> None:
    chart = draw_usage([spent(0, 10), spent(0, 5, actor="user:7", deliveries=2)], TODAY)
    assert chart.bars[-1].description == "2026-03-03: 15 credits, 3 generations"


def test_a_small_day_is_seen_beside_a_huge_one() -> None:
    chart = draw_usage([spent(1, 2**62), spent(0, 1)], TODAY)
    assert heights(chart)[-2:] == [HEIGHT, LOWEST]


def test_only_given_back_is_not_empty() -> None:
    chart = draw_usage([spent(0, 0, refunded=1200, deliveries=0)], TODAY)
    assert not chart.is_empty
    assert chart.bars[-1].description.endswith("0 generations, 1,200 given back")


def test_days_outside_of_the_window_are_left_out() -> None:
    assert draw_usage([spent(DAYS, 5), spent(-1, 5)], TODAY).is_empty


def test_what_is_spoken_names_the_sum_and_the_busiest_day() -> None:
    chart = draw_usage([spent(3, 1), spent(1, 1999, deliveries=4)], TODAY)
    assert chart.description == (
        "2,000 credits for 5 generations from 2026-02-02 to 2026-03-03; most on 2026-03-02: 1,999 credits."
    )
