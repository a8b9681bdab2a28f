"""Each stage of a request has its time; one that takes longer is a 503 of its own, and nothing is charged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, transaction
from pytest_django import Settings

from atelier.core.db import deadlines
from atelier.core.db.deadlines import STAGES, RateTooSlow, budget
from atelier.core.db.statements import Statement, together
from atelier.stacks.postgres import Postgres
from billing.selectors import get_balance
from generation.kinds.image.body import GenerationRequest
from tests.integration.generation.api.caller import Caller, code
from tests.support.stories import open_workspace, query, start_worker

FACTOR = 100
"""What the tests' environment multiplies budgets with, so that a busy machine does not refuse the other stages."""

LOCKS = {
    "auth": "LOCK accounts_apikey IN ACCESS EXCLUSIVE MODE",
    "rate": "LOCK accounts_tokenbucket IN SHARE MODE",
    "credit": "LOCK billing_transfer IN SHARE MODE",
    "enqueue": "LOCK generation_generation IN SHARE MODE",
}
"""What stops exactly this stage."""


@pytest.fixture
def api(committed: object, settings: Settings) -> Caller:
    settings.ATELIER_RATE_LIMITS = True
    settings.ATELIER_STAGE_BUDGETS = FACTOR
    start_worker()
    return Caller.of(open_workspace())


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The stage that has the document's budget and no more."""
    name = request.param
    budget, error = STAGES[name]
    monkeypatch.setitem(STAGES, name, (budget / FACTOR, error))
    return name


@contextmanager
def held(server: Postgres, lock: str) -> Iterator[None]:
    """Somebody has the lock for as long as the block runs."""
    with psycopg.connect(server.superuser_url) as other:
        other.execute(lock)
        yield
        other.rollback()


def state(api: Caller) -> tuple[object, ...]:
    balance = get_balance(api.workspace.id)
    counts = query("SELECT (SELECT count(*) FROM generation_generation), (SELECT count(*) FROM outbox_outboxmessage)")
    return balance.available, balance.held, counts, query("SELECT key FROM accounts_tokenbucket")


def test_the_budgets_are_the_documents() -> None:
    assert {name: budget for name, (budget, _) in STAGES.items()} == {
        "schema": 50,
        "auth": 100,
        "rate": 20,
        "credit": 150,
        "enqueue": 100,
    }


@pytest.mark.parametrize("strict", sorted(LOCKS), indirect=True)
def test_a_stage_that_waits_too_long_is_refused_and_nothing_is_charged(
    api: Caller, strict: str, committed: Postgres
) -> None:
    before = state(api)
    with held(committed, LOCKS[strict]):
        answer = api.post()
    error = STAGES[strict][1]
    assert code(answer, 503) == error.code
    assert (answer.headers["Retry-After"], answer.json()["title"]) == ("1", error.title)
    assert answer.json()["budgetMs"] == STAGES[strict][0] * FACTOR
    assert state(api) == before
    assert api.post().status_code == 202


@pytest.mark.parametrize("strict", ["schema"], indirect=True)
def test_a_stage_that_works_too_long_is_refused_when_it_is_through(
    api: Caller, strict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse, before = GenerationRequest.parse, state(api)
    monkeypatch.setattr(GenerationRequest, "parse", lambda body: (time.sleep(0.06), parse(body))[1])
    assert code(api.post(), 503) == "validation_timeout"
    assert state(api) == before


def test_no_statement_is_sent_when_the_time_is_over(api: Caller, settings: Settings) -> None:
    settings.ATELIER_STAGE_BUDGETS = 10
    with pytest.raises(RateTooSlow), budget("rate"):
        query("SELECT 1")
        time.sleep(0.21)
        query("SELECT 1")


SLOW = """
CREATE FUNCTION wait_a_little() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON accounts_tokenbucket DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION wait_a_little();
"""
ADD = Statement("INSERT INTO accounts_tokenbucket VALUES (%(key)s, 1, now())")


@pytest.fixture
def slow_commit(committed: Postgres) -> Iterator[None]:
    """Adding a token bucket is quick, its commit takes half a second."""
    with psycopg.connect(committed.superuser_url, autocommit=True) as superuser:
        superuser.execute(SLOW)
        yield
        superuser.execute("DROP FUNCTION wait_a_little CASCADE")


@pytest.mark.usefixtures("slow_commit")
def test_a_limit_ends_with_its_stage_whatever_the_transaction_still_does(settings: Settings) -> None:
    settings.ATELIER_STAGE_BUDGETS = 10
    with transaction.atomic():
        with budget("rate"):
            ADD.run({"key": "a"})
        query("SELECT pg_sleep(0.3)")
    assert query("SELECT key FROM accounts_tokenbucket") == [("a",)]


@pytest.mark.usefixtures("slow_commit")
def test_a_commit_is_never_interrupted(settings: Settings) -> None:
    """Nobody would know what became of it. PostgreSQL itself lifts the limit there."""
    settings.ATELIER_STAGE_BUDGETS = 10
    with transaction.atomic(), budget("rate"), together(last=True):
        ADD.run({"key": "a"})
    with budget("rate"):
        ADD.run({"key": "b"})
    assert query("SELECT key FROM accounts_tokenbucket ORDER BY key") == [("a",), ("b",)]


def test_another_cancel_after_a_stage_is_not_told_as_the_stages(api: Caller) -> None:
    with pytest.raises(OperationalError), transaction.atomic():
        with budget("rate"):
            query("SELECT 1")
        query("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57014', MESSAGE = 'canceling'; END $$")


def test_a_deadline_ends_with_its_stage(api: Caller) -> None:
    def limit() -> str:
        return query("SHOW statement_timeout")[0][0]

    with transaction.atomic():
        with budget("credit"):
            assert limit() != "0"
        assert limit() == "0"
        with budget("enqueue"):
            assert limit() != "0"
    assert limit() == "0"
    with budget("auth"):
        assert limit() != "0"
    assert limit() == "0"
    with pytest.raises(ZeroDivisionError), transaction.atomic(), budget("rate"):
        limit()
        raise ZeroDivisionError
    assert limit() == "0"


def test_zero_switches_the_deadlines_off(api: Caller, settings: Settings) -> None:
    settings.ATELIER_STAGE_BUDGETS = 0
    with budget("rate"):
        assert query("SHOW statement_timeout") == [("0",)]
    assert api.post().status_code == 202


def test_an_answer_tells_how_long_each_stage_took_and_strangers_nothing(api: Caller) -> None:
    told = api.post().headers["Server-Timing"]
    assert {part.partition(";dur=")[0] for part in told.split(", ")} == set(STAGES)
    assert all(float(part.partition(";dur=")[2]) >= 0 for part in told.split(", "))
    assert "Server-Timing" not in Caller(api.workspace, "atl_live_wrong").post().headers


def test_what_is_over_its_budget_is_logged(
    api: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(deadlines.STAGES, "rate", (0.2, RateTooSlow))  # times FACTOR: 20 ms
    with budget("rate"):
        query("SELECT 1")
        time.sleep(0.03)
    assert [record.stage for record in caplog.records if record.msg == "stage over its budget"] == ["rate"]
