"""Statements that are planned once and sent together do what single ones do: the same rows, errors and rollbacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.pq import TransactionStatus

from atelier.core.db.statements import Statement, together
from atelier.messaging.outbox.services import emit
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


def test_a_statement_is_planned_once_a_connection(messages: CaptureQueriesContext) -> None:
    assert [ADD.first({"left": number, "right": 1}) for number in range(3)] == [(1, "100%"), (2, "100%"), (3, "100%")]
    connection.close()
    connection.connect()
    ADD.first({"left": 1, "right": 1})
    assert sum("PREPARE" in text for text in sent(messages)) in (1, 2)  # the pool may give the same connection again
    assert sum("EXECUTE" in text for text in sent(messages)) == 4


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
    with transaction.atomic():
        emit("said", subject="gen_1", lane="basic", dedupe_key="once")
        transaction.set_rollback(True)
    assert query("SELECT count(*) FROM outbox_outboxmessage") == [(0,)]
    assert sum(text.startswith("BEGIN; ") for text in sent(messages)) == 1


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
            emit("said", subject="gen_1", lane="basic", dedupe_key=f"{first}:{number}")


def test_the_last_statements_take_the_commit_with_them(messages: CaptureQueriesContext) -> None:
    with transaction.atomic():
        with together(last=True):
            emit("said", subject="gen_1", lane="basic", dedupe_key="last")
        assert connection.connection.info.transaction_status == TransactionStatus.IDLE, "it is committed"
    assert sum(text.startswith("BEGIN; ") for text in sent(messages)) == 1
    assert any(text.endswith("; COMMIT") for text in sent(messages))
    assert query("SELECT dedupe_key FROM outbox_outboxmessage") == [("last",)]


def test_within_another_transaction_that_one_decides() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        with transaction.atomic(), together(last=True):
            emit("said", subject="gen_1", lane="basic", dedupe_key="last")
        raise ZeroDivisionError
    assert query("SELECT count(*) FROM outbox_outboxmessage") == [(0,)]


def test_what_fails_with_its_commit_is_taken_back() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        emit("said", subject="gen_1", lane="basic", dedupe_key="first")
        with together(last=True):
            Statement("INSERT INTO outbox_outboxmessage (event) VALUES (%(event)s)").run({"event": "half a row"})
    assert query("SELECT count(*) FROM outbox_outboxmessage") == [(0,)]
    assert ADD.first({"left": 1, "right": 1}) == (2, "100%"), "the connection is as good as before"


def test_one_error_takes_everything_back_and_is_raised_at_the_end_of_the_block() -> None:
    reached = []
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        emit("said", subject="gen_1", lane="basic", dedupe_key="first")
        Statement("INSERT INTO outbox_outboxmessage (event) VALUES (%(event)s)").run({"event": "half a row"})
        reached.append("the statement waits")
    assert reached == ["the statement waits"]
    assert query("SELECT count(*) FROM outbox_outboxmessage") == [(0,)]
    assert ADD.first({"left": 1, "right": 1}) == (2, "100%"), "the connection is as good as before"


def test_a_block_that_fails_sends_nothing(messages: CaptureQueriesContext) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), together():
        emit("said", subject="gen_1", lane="basic", dedupe_key="first")
        raise ZeroDivisionError
    assert not any("EXECUTE" in text for text in sent(messages))


def test_together_belongs_inside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError), together():
        pass
