"""Durations in words, short enough for a table."""

from __future__ import annotations

from datetime import timedelta

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def short_duration(span: timedelta) -> str:
    """`340 ms`, `4.2 s`, `2 min 5 s`, `3 h 10 min`, `12 d 4 h`: the two largest units. Below zero counts as 0."""
    milliseconds = max(0, round(span.total_seconds() * 1000))
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    if milliseconds < 10_000:
        return f"{milliseconds / 1000:.1f} s"
    seconds = round(milliseconds / 1000)
    position = next(index for index, (size, _) in enumerate(_UNITS) if seconds >= size)
    parts = []
    for size, unit in _UNITS[position : position + 2]:
        amount, seconds = divmod(seconds, size)
        parts += [f"{amount} {unit}"] if amount else []
    return " ".join(parts)
