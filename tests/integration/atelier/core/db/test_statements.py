"""Statements that are planned once and sent together do what single ones do: the same rows, errors and rollbacks."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    connection,
    transaction,
)
from django.test.utils import CaptureQueriesContext
from psycopg.pq import TransactionStatus
from pytest_django import Settings

from atelier.core.db.postgresql import wire
from atelier.core.db.postgresql.wire import Step
from atelier.core.db.statements import Statement, together
from atelier.messaging.outbox.services import emit
from atelier.stacks.postgres import Postgres
from tests.support.stories import query

pytestmark = pytest.mark.usefixtures("committed")
ADD = Statement("SELECT %(left)s::int + %(right)s::int, '100%'")


@pytest.fixture
def messages() -> Iterator[CaptureQueriesContext]:
    """What travelled to PostgreSQL; a statement that waits for others has no text here."""
    with CaptureQueriesContext(connection) as captured:
        yield captured


def sent(messages: CaptureQueriesContext) -> list[str]:
    return [asked["sql"] for asked in messages.captured_queries if asked["sql"]]


def test_a_statement_is_planned_once_a_connection() -> None:
    assert [ADD.first({"left": number, "right": 1}) for number in range(3)] == [(1, "100%"), (2, "100%"), (3, "100%")]
    plans = "SELECT count(*), sum(generic_plans + custom_plans) FROM pg_prepared_statements WHERE statement LIKE %s"
    ((kept, runs),) = query(plans, "%'100\\%%'")
    assert (kept, runs >= 3) == (1, True)


def test_a_statement_that_cannot_be_planned_says_why_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ProgrammingError, match="no_such_table"):
            Statement("SELECT * FROM no_such_table").run()
    with pytest.raises(ProgrammingError, match="no_such_table"), transaction.atomic(), together():
        ADD.run({"left": 1, "right": 1})
        Statement("SELECT * FROM no_such_table").run()
        Statement("SELECT 'behind an error'").run()
    assert Statement("SELECT 'behind an error'").first() == ("behind an error",)


@pytest.mark.parametrize(("plans", "kept"), [("auto", 1), ("on", 1), ("off", 0)])
def test_without_plans_the_answers_are_the_same(settings: Settings, committed: Postgres, plans: str, kept: int) -> None:
    settings.DATABASE_PLANS = plans
    with psycopg.connect(committed.service_url, autocommit=True) as raw:
        for number in (1, 2):
            (answer,) = wire.send(raw, [Step("SELECT $1::int + 1", [number])])
            assert answer.get_value(0, 0) == f"{number + 1}".encode()
        assert raw.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (kept,)


def test_a_plan_outlives_the_transaction_it_was_made_in() -> None:
    fresh = Statement("SELECT %(number)s::int + 40")
    with pytest.raises(DataError), transaction.atomic():
        fresh.first({"number": 2})
        fresh.first({"number": "two"})
    assert fresh.first({"number": 2}) == (42,)


def test_a_transaction_begins_with_its_first_statement(messages: CaptureQueriesContext) -> None:
    with transaction.atomic():
        pass
    assert not any("BEGIN" in text for text in sent(messages))
    before = len(sent(messages))
    with transaction.atomic():
        emit("said", subject="gen_1", queue="basic", dedupe_key="once")
        ADD.run({"left": 1, "right": 1})
        transaction.set_rollback(True)
    assert [text.startswith("BEGIN; ") for text in sent(messages)[before:]] == [True, False, False]
    assert sent(messages)[-1] == "ROLLBACK"
    assert query("SELECT count(*) FROM outbox_outboxmessage") == [(0,)]


def test_what_is_sent_together_is_one_message(messages: CaptureQueriesContext) -> None:
    emit_all(0)
    before = len(sent(messages))
    emit_all(3)
    assert len(sent(messages)) - before == 2, "the message, and COMMIT"
    assert query("SELECT dedupe_key FROM outbox_outboxmessage ORDER BY id") == [
        (f"{first}:{number}",) for first in (0, 3) for number in range(3)
    ]


def emit_all(first: int) -> None:
    with transaction.atomic(), together():
        for number in range(3):
            emit("said", subject="gen_1", queue="basic", dedupe_key=f"{first}:{number}")


def test_the_last_statements_take_the_commit_with_them(messages: CaptureQueriesContext) -> None:
    with transaction.atomic():
        with together(last=True):
            emit("said", subject="gen_1", queue="basic", dedupe_key="last")
        assert connection.connection.info.transaction_status == TransactionStatus.IDLE, "it is committed"
    assert sent(messages)[0].startswith("BEGIN; ")
    assert sent(messages)[0].endswith("; COMMIT")
    assert query("SELECT dedupe_key FROM outbox_outboxmessage") == [("last",)]


def test_within_another_transaction_that_one_decides() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        with transaction.atomic(), together(last=True):
            emit("said", subject="gen_1", queue="basic", dedupe_key="last")
        raise ZeroDivisionError
    assert query("SELECT count(*) FROM outbox_outboxmessage") == [(0,)]


def test_what_fails_with_its_commit_is_taken_back() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        emit("said", subject="gen_1", queue="basic", dedupe_key="first")
        with together(last=True):
            Statement("INSERT INTO outbox_outboxmessage (event) VALUES (%(event)s)").run({"event": "half a row"})
    assert query("SELECT count(*) FROM outbox_outboxmessage") == [(0,)]
    assert ADD.first({"left": 1, "right": 1}) == (2, "100%"), "the connection is as good as before"


def test_one_error_takes_everything_back_and_is_raised_at_the_end_of_the_block() -> None:
    reached = []
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        emit("said", subject="gen_1", queue="basic", dedupe_key="first")
        Statement("INSERT INTO outbox_outboxmessage (event) VALUES (%(event)s)").run({"event": "half a row"})
        reached.append("the statement waits")
    assert reached == ["the statement waits"]
    assert query("SELECT count(*) FROM outbox_outboxmessage") == [(0,)]
    assert ADD.first({"left": 1, "right": 1}) == (2, "100%"), "the connection is as good as before"


def test_a_block_that_fails_sends_nothing(messages: CaptureQueriesContext) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), together():
        emit("said", subject="gen_1", queue="basic", dedupe_key="first")
        raise ZeroDivisionError
    assert not any("INSERT" in text for text in sent(messages))


def test_together_belongs_inside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError), together():
        pass


def test_many_rows_are_one_message_and_are_counted(messages: CaptureQueriesContext) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE accounts_tierterms SET largest_side = %s WHERE name = %s", [])
        cursor.executemany("SELECT generate_series(1, %s)", [[1], [2], [3]])
        assert cursor.rowcount == 6
    assert sum("generate_series" in text for text in sent(messages)) == 1


def test_several_statements_in_one_text_are_one_transaction() -> None:
    """As migrations have them."""
    with connection.cursor() as cursor:
        with pytest.raises(ProgrammingError):
            cursor.execute("INSERT INTO accounts_tokenbucket VALUES ('a', 1, now()); SELECT * FROM no_such_table")
        assert query("SELECT count(*) FROM accounts_tokenbucket") == [(0,)]
        cursor.execute("INSERT INTO accounts_tokenbucket VALUES ('a', 1, now()); SELECT 1")
    assert query("SELECT key FROM accounts_tokenbucket") == [("a",)]


def test_copy_belongs_inside_a_transaction() -> None:
    with connection.cursor() as cursor, pytest.raises(NotSupportedError):
        cursor.copy("COPY (SELECT 1) TO STDOUT").__enter__()


def test_an_exchange_that_is_broken_off_leaves_its_answers_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ADD.run({"left": 1, "right": 1})
    raw = connection.connection

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(wire, "_read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ADD.run({"left": 40, "right": 1})
    assert raw.closed
    connection.close()
    assert ADD.first({"left": 2, "right": 1}) == (3, "100%")


@pytest.mark.parametrize("value", [object(), "\0"])
def test_a_value_that_cannot_be_sent_costs_neither_connection_nor_transaction(value: object) -> None:
    echo = Statement("SELECT %(value)s::text")
    with transaction.atomic():
        emit("said", subject="gen_1", queue="basic", dedupe_key="kept")
        with pytest.raises(DatabaseError):
            echo.run({"value": value})
        assert echo.first({"value": "as before"}) == ("as before",)
    assert query("SELECT dedupe_key FROM outbox_outboxmessage") == [("kept",)]


def test_one_message_is_one_transaction_and_its_end_may_fail(committed: Postgres) -> None:
    """Outside `atomic`: a deferred constraint speaks at the very end, behind the answers of all statements."""
    table = "ALTER TABLE accounts_tokenbucket"
    add = Statement("INSERT INTO accounts_tokenbucket VALUES (%(key)s::text, 1, now()), (%(key)s || '2', 1, now())")
    with psycopg.connect(committed.superuser_url, autocommit=True) as superuser:
        superuser.execute(f"{table} ADD CONSTRAINT once UNIQUE (tokens) DEFERRABLE INITIALLY DEFERRED")
        try:
            with pytest.raises(IntegrityError, match="once"):
                add.run({"key": "a"})
            assert connection.connection.info.transaction_status == TransactionStatus.IDLE
            assert query("SELECT count(*) FROM accounts_tokenbucket") == [(0,)]
        finally:
            superuser.execute(f"{table} DROP CONSTRAINT once")


def test_a_large_message_and_a_large_answer_pass_each_other() -> None:
    """More than both sockets hold, at the same time: whoever only wrote would wait for ever."""
    text = "x" * 8_000_000
    echo = Statement("SELECT %(text)s::text")
    with transaction.atomic(), together():
        for _ in range(4):
            echo.run({"text": text})
    assert echo.first({"text": text}) == (text,)
