"""Prices are rows: a new card takes over at its moment, dry run and charge agree, what is held keeps its price."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from pytest_django import Settings

from atelier.core.db.database import database_now
from atelier.stacks.postgres import Postgres
from billing.rates import clear_cached_steps
from billing.services.rates import InvalidRateCard, publish_rate_card
from tests.integration.generation.api.caller import SMALL, Caller
from tests.support.stories import open_workspace, query, send_off, settle, start_worker

pytestmark = pytest.mark.usefixtures("committed")
LATER = timedelta(hours=1)


@pytest.fixture(autouse=True)
def old_card(committed: Postgres, settings: Settings) -> Iterator[None]:
    """The first rate card, again, whatever a test published."""
    settings.ATELIER_RATE_LIMITS = False
    yield
    with psycopg.connect(committed.superuser_url, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("DELETE FROM billing_ratecard WHERE note <> 'the first rate card'")
    clear_cached_steps()


def publish(steps: list[list[int]]) -> None:
    publish_rate_card(steps=steps, effective_from=database_now() + LATER, note="dearer", actor="user:1")


def let_it_begin(committed: Postgres) -> None:
    """The hour passes."""
    with psycopg.connect(committed.superuser_url, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE billing_ratecard SET effective_from = now() WHERE note = 'dearer'")
    clear_cached_steps()


def test_a_price_change_takes_over_at_its_moment_and_touches_no_running_work(committed: Postgres) -> None:
    start_worker()
    workspace = open_workspace(credits=100)
    api = Caller.of(workspace)
    running, fence = send_off(workspace, count=2)
    publish([[33_200_000, 7]])
    assert api.post(SMALL, "/generate?dryRun=true").json()["credits"] == 1
    let_it_begin(committed)
    assert api.post(SMALL, "/generate?dryRun=true").json()["credits"] == 7
    assert api.post(SMALL).json()["creditsUsed"] == 0
    assert query("SELECT amount FROM billing_hold ORDER BY created_at") == [(2,), (7,)]
    settle(running, fence, images=2)
    assert query("SELECT captured FROM billing_holdoutcome") == [(2,)]


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [[1]],
        [[0, 1]],
        [[1, 0]],
        [[1, -1]],
        [[1, 1.5]],
        [[1, 2**63]],
        [[5, 1], [5, 2]],
        [[5, 2], [6, 1]],
        "x",
        [[1, True]],
    ],
)
def test_a_card_that_makes_no_sense_is_refused(steps: Any) -> None:
    with pytest.raises(InvalidRateCard):
        publish(steps)


def test_a_card_cannot_begin_at_once_nor_twice() -> None:
    with pytest.raises(InvalidRateCard):
        publish_rate_card(steps=[[1, 1]], effective_from=datetime.now(UTC), note="", actor="user:1")
    publish([[1, 1]])
    begins = query("SELECT max(effective_from) FROM billing_ratecard")[0][0]
    with pytest.raises(InvalidRateCard):
        publish_rate_card(steps=[[1, 1]], effective_from=begins, note="", actor="user:1")
