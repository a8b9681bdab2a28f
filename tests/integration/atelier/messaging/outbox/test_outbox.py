"""A fact and its announcement are one: both are committed, or neither is."""

from __future__ import annotations

import psycopg
import pytest
from django.db import transaction

from atelier.messaging.outbox.services import CHANNEL, emit
from atelier.stacks.postgres import Postgres
from tests.support.processes import at_once, call
from tests.support.stories import query

pytestmark = pytest.mark.usefixtures("committed")


def tell(subject: str = "gen_a", key: str = "") -> None:
    with transaction.atomic():
        emit("story.told", subject=subject, queue="basic", dedupe_key=key or subject, payload={"fence": 1})


def told() -> list[str]:
    return [subject for (subject,) in query("SELECT subject FROM outbox_outboxmessage ORDER BY id")]


def test_a_fact_without_its_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        emit("story.told", subject="gen_a", queue="basic", dedupe_key="a")
    assert told() == []


def test_a_hundred_facts_that_were_rolled_back_were_never_told() -> None:
    for number in range(100):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            emit("story.told", subject=f"gen_{number}", queue="basic", dedupe_key=f"{number}")
            _ = 1 / 0
    assert told() == []


def test_a_decision_said_twice_is_said_once() -> None:
    tell("gen_a", "gen_a:terminal")
    tell("gen_b", "gen_a:terminal")
    assert told() == ["gen_a"]


def test_a_decision_said_by_eight_processes_is_said_once() -> None:
    assert {one.error for one in at_once([call(tell, subject="gen_a")] * 8)} == {""}
    assert told() == ["gen_a"]


def test_a_commit_rings_the_relays_bell_and_a_rollback_does_not(committed: Postgres) -> None:
    with psycopg.connect(committed.service_url, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            emit("story.told", subject="gen_a", queue="basic", dedupe_key="a")
            _ = 1 / 0
        assert list(listener.notifies(timeout=0.2)) == []
        tell()
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1
