"""Rate limits are exact, however many ask at once, and know only the database's clock."""

from __future__ import annotations

import pytest
from django.db import transaction
from pytest_django import Settings

from atelier.accounts.throttling import Limit, RateLimited, read_allowances, take_tokens
from tests.support.processes import at_once, call
from tests.support.stories import query

pytestmark = pytest.mark.usefixtures("committed")
DAILY = Limit("daily", capacity=10, amount=10, period=86_400)
HOURLY = Limit("hourly", capacity=10, amount=10, period=3600)
SMALL = Limit("small", capacity=2, amount=20, period=3600)


def take(caller: str, *limits: Limit) -> list[float]:
    with transaction.atomic():
        return [allowance.remaining for allowance in take_tokens(caller, limits)]


def take_many(caller: str, times: int) -> int:
    """How many of `times` requests pass."""
    passed = 0
    for _ in range(times):
        try:
            take(caller, DAILY)
        except RateLimited:
            continue
        passed += 1
    return passed


def let_pass(seconds: float) -> None:
    query("UPDATE accounts_tokenbucket SET updated_at = updated_at - %s * interval '1 second' RETURNING 1", seconds)


def refused(caller: str, *limits: Limit) -> RateLimited:
    with pytest.raises(RateLimited) as refusal:
        take(caller, *limits)
    return refusal.value


def test_of_eighty_requests_from_eight_processes_exactly_ten_pass() -> None:
    outcomes = at_once([call(take_many, caller="wsp_a", times=10)] * 8)
    assert sum(one.value for one in outcomes) == 10


def test_callers_do_not_share_a_bucket() -> None:
    assert take_many("wsp_a", 12) == 10
    assert take_many("wsp_b", 3) == 3


def test_tokens_come_back_at_the_rate_and_never_above_the_capacity() -> None:
    for _ in range(10):
        take("wsp_a", HOURLY)
    let_pass(361)
    take("wsp_a", HOURLY)
    refused("wsp_a", HOURLY)
    let_pass(36_000)
    assert round(take("wsp_a", HOURLY)[0]) == 9


def test_a_refusal_says_when_and_what() -> None:
    take("wsp_a", SMALL)
    take("wsp_a", SMALL)
    error = refused("wsp_a", SMALL)
    assert (error.code, error.status) == ("rate_limited", 429)
    assert int(error.headers["Retry-After"]) in (179, 180)
    assert error.headers["RateLimit"].startswith('"small";r=0;t=')
    assert error.headers["RateLimit-Policy"] == '"small";q=20;w=3600'
    let_pass(int(error.headers["Retry-After"]))
    take("wsp_a", SMALL)


def test_a_request_refused_by_one_limit_gives_the_others_their_token_back() -> None:
    take("wsp_a", HOURLY, SMALL)
    take("wsp_a", HOURLY, SMALL)
    for _ in range(5):
        refused("wsp_a", HOURLY, SMALL)
    assert [round(item.remaining) for item in read_allowances("wsp_a", [HOURLY, SMALL])] == [8, 0]


def test_reading_takes_nothing() -> None:
    assert [item.remaining for item in read_allowances("wsp_a", [HOURLY])] == [10]
    take("wsp_a", HOURLY)
    for _ in range(3):
        assert round(read_allowances("wsp_a", [HOURLY])[0].remaining) == 9


def test_a_clock_that_steps_back_gives_no_free_refill_and_takes_nothing_away() -> None:
    for _ in range(8):
        take("wsp_a", HOURLY)
    let_pass(-3600)
    take("wsp_a", HOURLY)
    take("wsp_a", HOURLY)
    refused("wsp_a", HOURLY)


def test_limits_can_be_switched_off_for_load_tests_only(settings: Settings) -> None:
    settings.ATELIER_RATE_LIMITS = False
    assert take_many("wsp_a", 30) == 30
    assert query("SELECT count(*) FROM accounts_tokenbucket") == [(0,)]


def test_two_limits_taken_in_any_order_never_wait_in_a_circle() -> None:
    pairs = [(HOURLY, SMALL), (SMALL, HOURLY)] * 4
    outcomes = at_once([call(take_pair, limits=pair) for pair in pairs])
    assert {one.error for one in outcomes} <= {"", "RateLimited"}
    assert sum(one.error == "" for one in outcomes) == 2


def take_pair(limits: tuple[Limit, Limit]) -> list[float]:
    return take("wsp_a", *limits)
