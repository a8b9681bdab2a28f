"""A bar chart of the credits that a workspace spent on each of the last 30 days. Pure but for `read_usage`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from billing.statements import Spent, list_usage

DAYS = 30
SLOT, HEIGHT = 20, 100
"""Units of the SVG: the width of a day, and the height of the highest bar."""
GAP = 4
LOWEST = 2.0
"""Height of the lowest bar: a day with little usage is visible beside one with a million credits."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of a day, from the left and the top. `marked`: its date is written below it."""

    label: str
    description: str
    slot: int
    left: int
    top: str
    height: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Whole credits captured, credits given back, generations delivered; `bars` oldest first, one a day."""

    spent: int
    given_back: int
    generations: int
    highest: int
    description: str
    bars: list[Bar]

    width = DAYS * SLOT
    height = HEIGHT
    bar_width = SLOT - GAP

    @property
    def is_empty(self) -> bool:
        return not (self.spent or self.given_back or self.generations)


def read_usage(workspace_id: str) -> Chart:
    """The chart of the last 30 days (UTC), today included: one query, bounded by the window."""
    today = timezone.now().astimezone(UTC).date()
    return draw_usage(list_usage(workspace_id, _midnight(today - timedelta(days=DAYS - 1)), _midnight(today, 1)), today)


def draw_usage(usage: Iterable[Spent], today: date) -> Chart:
    """The chart of the 30 days up to `today`, summed over keys and users; other days are ignored."""
    first = today - timedelta(days=DAYS - 1)
    days = {first + timedelta(days=number): [0, 0, 0] for number in range(DAYS)}
    for spent in usage:
        if spent.day in days:
            day = days[spent.day]
            day[0], day[1], day[2] = day[0] + spent.captured, day[1] + spent.refunded, day[2] + spent.deliveries
    credits, back, generations = (sum(column) for column in zip(*days.values(), strict=True))
    highest = max(day[0] for day in days.values())
    bars = [_bar(number, *item, highest) for number, item in enumerate(days.items())]
    return Chart(credits, back, generations, highest, _text_alternative(days, credits, generations), bars)


def _bar(number: int, day: date, figures: list[int], highest: int) -> Bar:
    spent, back, generations = figures
    height = HEIGHT * spent / highest if highest else 0.0
    if spent or generations:
        height = max(LOWEST, height)
    description = f"{day}: {_count(spent, 'credit')}, {_count(generations, 'generation')}"
    description += f", {back:,} given back" if back else ""
    slot = number * SLOT
    marked = (DAYS - 1 - number) % 7 == 0
    return Bar(f"{day:%m-%d}", description, slot, slot + GAP // 2, f"{HEIGHT - height:.1f}", f"{height:.1f}", marked)


def _text_alternative(days: dict[date, list[int]], credits: int, generations: int) -> str:
    """The chart in words, for screen readers."""
    if not credits and not generations:
        return "Nothing was spent."
    busiest = max(days, key=lambda day: days[day][0])
    whole = f"{_count(credits, 'credit')} for {_count(generations, 'generation')}"
    return f"{whole} from {min(days)} to {max(days)}; most on {busiest}: {_count(days[busiest][0], 'credit')}."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _midnight(day: date, days_later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days_later), time(), UTC)
