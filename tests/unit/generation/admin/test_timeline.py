"""The bars of a generation's timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from generation.admin.timeline import THINNEST, Span, draw_bars, list_spans

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def spoken(spans: list[Span]) -> list[tuple[str, str, float, float]]:
    return [
        (span.label, span.kind, (span.start - START).total_seconds(), (span.end - START).total_seconds())
        for span in spans
    ]


def test_a_waiting_one_has_one_bar_that_grows() -> None:
    spans = list_spans(created=START, started=None, ended=None, now=at(8), results=[], current=None, broken=None)
    assert spoken(spans) == [("queue", "waiting", 0, 8)]


def test_a_running_stage_reaches_from_the_last_result_to_now() -> None:
    spans = list_spans(
        created=START,
        started=at(2),
        ended=None,
        now=at(9),
        results=[("prompt", at(3), 500)],
        current="diffusion",
        broken=None,
    )
    assert spoken(spans) == [("queue", "waiting", 0, 2), ("prompt", "done", 2.5, 3), ("diffusion", "running", 3, 9)]


def test_a_running_stage_without_results_starts_with_the_start() -> None:
    spans = list_spans(created=START, started=at(2), ended=None, now=at(9), results=[], current="prompt", broken=None)
    assert spoken(spans)[1] == ("prompt", "running", 2, 9)


def test_a_broken_stage_ends_with_the_generation() -> None:
    spans = list_spans(
        created=START, started=at(2), ended=at(7), now=at(60), results=[], current=None, broken="diffusion"
    )
    assert spoken(spans)[1] == ("diffusion", "broken", 2, 7)


def test_one_that_never_started_was_broken_off_in_the_queue() -> None:
    spans = list_spans(created=START, started=None, ended=at(5), now=at(60), results=[], current=None, broken="x")
    assert spoken(spans) == [("queue", "waiting", 0, 5)]


def test_bars_share_a_scale_and_stay_within_it() -> None:
    bars = draw_bars(
        [Span("a", "done", at(0), at(1)), Span("b", "done", at(1), at(4)), Span("c", "done", at(4), at(4))]
    )
    assert [(bar.left, bar.width) for bar in bars] == [
        ("0.00%", "25.00%"),
        ("25.00%", "75.00%"),
        (f"{100 - THINNEST:.2f}%", f"{THINNEST:.2f}%"),
    ]
    assert [bar.duration for bar in bars] == ["1.0 s", "3.0 s", "0 ms"]


def test_no_time_at_all_is_still_drawn() -> None:
    (bar,) = draw_bars([Span("a", "waiting", at(0), at(0))])
    assert (bar.left, bar.width) == ("0.00%", f"{THINNEST:.2f}%")
