"""Clients of a pooled database: threads that act for many workspaces in turn. `python -m tests.support.pooled`

Reads {"tenants", "threads", "operations", "seed", "fault", "direct"} from standard input. Each operation acts for one
workspace, picked anew; what it should see is known beforehand. Prints a verdict: what was wrong, what was written, and
which sessions of the server served whom. `fault` breaks the product first, to show that this would be noticed.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import django
import psycopg

if __name__ == "__main__":
    django.setup()

from django.db import DatabaseError, connection, transaction

from atelier.accounts.models import ApiKey, Workspace
from atelier.core.db.database import insert_row, notify
from atelier.core.db.deadlines import StageTooSlow, budget
from atelier.core.db.postgresql import transactions
from atelier.core.db.statements import Statement, together
from atelier.core.db.tenancy import current_tenant, tenant
from atelier.core.ids import new_id

CHANNEL = "atelier_pooled"
KEYS = Statement("SELECT workspace_id FROM accounts_apikey")


class Client:
    """One thread. `found` counts what it saw that it should not, `written` the rows that were committed for whom."""

    def __init__(self, order: dict[str, Any], number: int) -> None:
        self._dice = random.Random(order["seed"] * 100 + number)
        self._tenants, self._count = order["tenants"], order["operations"]
        self._stranger = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=None)
        self.wrong: list[str] = []
        self.written: Counter[str] = Counter()
        self.sessions: set[tuple[int, str]] = set()

    def run(self) -> None:
        """All operations; the connection goes back to the pool now and then, as after a request."""
        for _ in range(self._count):
            who = self._dice.choice(self._tenants)
            work = self._dice.choices(WORKS, WEIGHTS)[0]
            with tenant(who):
                try:
                    work(self, who)
                except Exception as error:  # whatever it is: this operation should have worked
                    self.wrong.append(f"{work.__name__}: {error!r}")
            if self._dice.random() < 0.2:
                connection.close()
        connection.close()
        self._stranger.close()

    def check(self, what: str, seen: object, expected: object) -> None:
        if seen != expected:
            self.wrong.append(f"{what}: {seen!r} instead of {expected!r}")


def read_by_the_orm(client: Client, who: str) -> None:
    client.check("orm", list(Workspace.objects.values_list("id", flat=True)), [who])


def read_by_sql(client: Client, who: str) -> None:
    """No condition of our own: only PostgreSQL keeps the others' rows away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), id FROM accounts_workspace")
        ((session, seen),) = cursor.fetchall()
    client.sessions.add((session, who))
    client.check("sql", seen, who)


def read_by_a_statement(client: Client, who: str) -> None:
    client.check("statement", {owner for (owner,) in KEYS.run()}, {who})


def read_in_pages(client: Client, who: str) -> None:
    with transaction.atomic():
        owners = {key.workspace_id for key in ApiKey.objects.order_by("id")[:5].iterator(chunk_size=2)}
    client.check("pages", owners, {who})
    client.check("all", {key.workspace_id for key in ApiKey.objects.order_by("id")[:5].iterator(chunk_size=2)}, {who})


def read_by_copy(client: Client, who: str) -> None:
    statement = "COPY (SELECT id FROM accounts_workspace) TO STDOUT"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        client.check("copy", b"".join(bytes(block) for block in copy), f"{who}\n".encode())


def read_in_a_snapshot(client: Client, who: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        before = KEYS.run()
        client.check("snapshot", (KEYS.run(), {owner for (owner,) in before}), (before, {who}))


def write_by_the_orm(client: Client, who: str) -> None:
    _key(who).save(force_insert=True)
    client.written[who] += 1


def write_by_statements(client: Client, who: str) -> None:
    with transaction.atomic(), together(last=True):
        insert_row(_key(who))
        insert_row(_key(who))
    client.written[who] += 2


def change_sides(client: Client, who: str) -> None:
    """One transaction for two workspaces, and back after a rollback to a savepoint."""
    other = client._dice.choice(client._tenants)
    with transaction.atomic():
        _key(who).save(force_insert=True)
        try:
            with tenant(other), transaction.atomic():
                _key(other).save(force_insert=True)
                raise ZeroDivisionError
        except ZeroDivisionError:
            read_by_sql(client, who)
    client.written[who] += 1


def roll_back(client: Client, who: str) -> None:
    with transaction.atomic():
        insert_row(_key(who))
        transaction.set_rollback(True)
    read_by_a_statement(client, who)


def fail(client: Client, who: str) -> None:
    """Errors inside and outside of a transaction; writing for others is one."""
    other = next(name for name in client._tenants if name != who)
    for attempt in (lambda: KEYS_AND_ZERO.run(), lambda: _key(other).save(force_insert=True)):
        for within in (False, True):
            try:
                with transaction.atomic() if within else nullcontext():
                    attempt()
                client.wrong.append("nothing failed")
            except DatabaseError:
                read_by_sql(client, who)


def take_too_long(client: Client, who: str) -> None:
    try:
        with budget("rate"), transaction.atomic():
            insert_row(_key(who))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(5)")
        client.wrong.append("no limit")
    except StageTooSlow:
        read_by_sql(client, who)


def say_nothing(client: Client, who: str) -> None:
    """A connection that goes around Django has no tenant, whoever had its session before."""
    row = client._stranger.execute("SELECT count(*) FROM accounts_workspace").fetchone()
    client.check("nobody", row, (0,))


KEYS_AND_ZERO = Statement("SELECT 1 / (count(*) - count(*)) FROM accounts_apikey")
OPERATIONS: list[tuple[Callable[[Client, str], None], int]] = [
    (read_by_the_orm, 20),
    (read_by_sql, 20),
    (read_by_a_statement, 20),
    (read_in_pages, 4),
    (read_by_copy, 3),
    (read_in_a_snapshot, 3),
    (write_by_the_orm, 10),
    (write_by_statements, 10),
    (change_sides, 4),
    (roll_back, 4),
    (fail, 3),
    (take_too_long, 1),
    (say_nothing, 10),
]
WORKS, WEIGHTS = [work for work, _ in OPERATIONS], [weight for _, weight in OPERATIONS]


def _key(who: str) -> ApiKey:
    return ApiKey(workspace_id=who, name="pooled", lookup=new_id("k")[-8:], digest="0" * 64)


def tell_the_session() -> None:
    """The fault of before: the tenant is the session's, and is sent where the connection's last one was another."""
    before = transactions._preamble

    def remembering(wrapper: Any, sql: str, *, begins: bool) -> list[Any]:
        steps = before(wrapper, sql, begins=begins)
        if wrapper.connection.__dict__.get("last") == current_tenant():
            return [step for step in steps if step.sql != transactions._CONTEXT]
        wrapper.connection.__dict__["last"] = current_tenant()
        return steps

    keep_the_tenant()
    transactions._preamble = remembering


def keep_the_tenant() -> None:
    """`set_config(..., false)`: what was set stays with the session."""
    transactions._CONTEXT = transactions._CONTEXT.replace("true", "false")


FAULTS = {"": lambda: None, "session": keep_the_tenant, "remembered": tell_the_session}


def main() -> None:
    """Do as standard input says."""
    order = json.load(sys.stdin)
    FAULTS[order["fault"]]()
    clients = [Client(order, number) for number in range(order["threads"])]
    begun = time.monotonic()
    with ThreadPoolExecutor(len(clients)) as threads:
        list(threads.map(Client.run, clients))
    seconds = time.monotonic() - begun
    notify(CHANNEL, "done")
    print(
        json.dumps(
            {
                "wrong": [text for client in clients for text in client.wrong],
                "written": sum((client.written for client in clients), Counter()),
                "sessions": [sorted(client.sessions) for client in clients],
                "seconds": round(seconds, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
