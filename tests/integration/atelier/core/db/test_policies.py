"""Two walls between workspaces: no query of the ORM and no raw SQL sees the rows of another one (reliability S4)."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test import Client
from psycopg import sql
from pytest_django import DjangoAssertNumQueries

from atelier.accounts.models import ApiKey, Membership, Workspace
from atelier.accounts.services import create_api_key
from atelier.audit.models import AuditEntry
from atelier.core.db import policies
from atelier.core.db.policies import POLICY, check_policies, list_policy_faults
from atelier.core.db.tenancy import NoTenant, across, current_tenant, no_tenant, tenant
from atelier.stacks.postgres import Postgres
from billing.models import Account, Hold, Transfer
from generation.models import Generation, GenerationEvent
from tests.support.stories import open_workspace, query, start_worker, submit

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def two(committed: object) -> tuple[Workspace, Workspace]:
    return open_two()


def open_two() -> tuple[Workspace, Workspace]:
    """Two workspaces, each with credits, a key and a generation."""
    start_worker()
    made = open_workspace("one"), open_workspace("two")
    for workspace in made:
        create_api_key(workspace=workspace, name="key")
        submit(workspace)
    return made


def walled() -> list[str]:
    return [table for (table,) in query("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = %s", POLICY)]


def visit(text: str) -> int:
    """The status of the answer to a request with this key."""
    browser = Client(raise_request_exception=False)
    return browser.get("/api/v1/atelier/account", headers={"Authorization": f"Bearer {text}"}).status_code


def count(table: str) -> int:
    return query(f"SELECT count(*) FROM {table}")[0][0]


def test_raw_sql_without_a_tenant_sees_no_row_of_any_walled_table(two: tuple[Workspace, Workspace]) -> None:
    filled = {table: count(table) for table in walled()}
    assert len(filled) >= 14
    with no_tenant():
        assert {table: count(table) for table in filled} == dict.fromkeys(filled, 0)
    assert sum(filled.values()) > 20


def test_raw_sql_with_a_tenant_sees_only_its_rows(two: tuple[Workspace, Workspace]) -> None:
    one, other = two
    for table in walled():
        with tenant(one.id):
            mine = count(table)
            assert query(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", f"%{other.id}%") == [(0,)], table
        with tenant(other.id):
            theirs = count(table)
        assert mine + theirs == count(table), table


def test_raw_sql_can_neither_change_nor_add_a_row_of_another_workspace(two: tuple[Workspace, Workspace]) -> None:
    one, other = two
    with tenant(one.id):
        for statement in (
            "UPDATE generation_generation SET model = 'stolen' WHERE workspace_id = %s",
            "DELETE FROM accounts_apikey WHERE workspace_id = %s",
        ):
            with connection.cursor() as cursor:
                cursor.execute(statement, [other.id])
                assert cursor.rowcount == 0
        for row in (
            AuditEntry(workspace_id=other.id, actor="a", action="b", subject="c"),
            AuditEntry(workspace_id=None, actor="a", action="b", subject="c"),
            ApiKey(workspace_id=other.id, name="planted", lookup="12345678", digest="0" * 64),
        ):
            with pytest.raises(DatabaseError, match="row-level security"):
                row.save()
        with pytest.raises(DatabaseError, match="row-level security"):
            query("UPDATE accounts_apikey SET workspace_id = %s RETURNING 1", other.id)


@pytest.mark.parametrize("model", [Workspace, Membership, ApiKey, AuditEntry, Account, Transfer, Hold, Generation])
def test_the_orm_asks_for_whom_before_it_asks_the_database(
    two: tuple[Workspace, Workspace], model: type[Model], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with no_tenant(), django_assert_num_queries(0), pytest.raises(NoTenant):
        model.objects.count()


def test_the_orm_sees_only_the_tenants_rows_whatever_it_asks_for(two: tuple[Workspace, Workspace]) -> None:
    one, other = two
    with tenant(one.id):
        assert set(Generation.objects.values_list("workspace_id", flat=True)) == {one.id}
        assert not Generation.objects.filter(workspace_id=other.id).exists()
        assert set(GenerationEvent.objects.values_list("generation__workspace_id", flat=True)) == {one.id}
        assert list(Workspace.objects.values_list("id", flat=True)) == [one.id]
        assert one.api_keys.count() == 1
        assert other.api_keys.count() == 0


def test_the_owner_of_the_tables_stands_before_the_wall_too(
    two: tuple[Workspace, Workspace], postgres: Postgres
) -> None:
    with psycopg.connect(postgres.owner_url) as owner:
        assert owner.execute("SELECT count(*) FROM generation_generation").fetchone() == (0,)


def test_a_pooled_connection_does_not_carry_a_tenant_to_its_next_user(two: tuple[Workspace, Workspace]) -> None:
    seen: list[int] = []

    def next_user() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM generation_generation")
            seen.append(cursor.fetchone()[0])
        connection.close()

    for end in (lambda: None, lambda: query("SELECT set_config('atelier.workspace', '*', false)")):
        with tenant(two[0].id):
            assert count("generation_generation") == 1
            end()
        connection.close()
        for _ in range(3):
            thread = threading.Thread(target=next_user)
            thread.start()
            thread.join()
    assert seen == [0] * 6


@pytest.mark.parametrize("inner", [True, False])
def test_a_rollback_does_not_bring_an_earlier_tenant_back(two: tuple[Workspace, Workspace], inner: bool) -> None:
    one, other = two
    with tenant(one.id):
        assert count("generation_generation") == 1
    with transaction.atomic():
        with tenant(other.id), pytest.raises(ZeroDivisionError), transaction.atomic():
            assert query("SELECT workspace_id FROM generation_generation") == [(other.id,)]
            raise ZeroDivisionError
        with tenant(other.id):
            assert query("SELECT workspace_id FROM generation_generation") == [(other.id,)]
        transaction.set_rollback(not inner)
    with tenant(other.id):
        assert query("SELECT workspace_id FROM generation_generation") == [(other.id,)]
    with no_tenant():
        assert count("generation_generation") == 0


def test_a_statement_that_fails_leaves_nobody_with_another_ones_rows(two: tuple[Workspace, Workspace]) -> None:
    one, other = two
    for workspace in (one, other):
        with tenant(workspace.id):
            with pytest.raises(DatabaseError):
                query("SELECT 1 / (SELECT 0)")
            assert query("SELECT workspace_id FROM generation_generation") == [(workspace.id,)]


def test_every_way_to_send_a_statement_says_for_whom(two: tuple[Workspace, Workspace]) -> None:
    one, other = two
    with tenant(one.id):
        count("generation_generation")
    with tenant(other.id), connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT workspace_id FROM {}").format(sql.Identifier("generation_generation")))
        assert cursor.fetchall() == [(other.id,)]
    with tenant(one.id), transaction.atomic():
        assert [row.workspace_id for row in Generation.objects.all().iterator()] == [one.id]
    with tenant(other.id), connection.cursor() as cursor:
        cursor.executemany("UPDATE generation_generation SET model = %s", [["a"], ["b"]])
    assert dict(query("SELECT workspace_id, model FROM generation_generation"))[one.id] != "b"


def test_a_session_keeps_nothing_of_what_a_statement_said(two: tuple[Workspace, Workspace]) -> None:
    with tenant(two[0].id):
        for work in (lambda: count("generation_generation"), Generation.objects.count, read_pages):
            connection.ensure_connection()
            raw = connection.connection
            raw.execute("RESET atelier.workspace")  # another test may have set it for this session
            work()
            assert raw.execute("SELECT current_setting('atelier.workspace', true)").fetchone()[0] in ("", None)
            assert raw.execute("SELECT count(*) FROM generation_generation").fetchone() == (0,)


def read_pages() -> list[Generation]:
    return list(Generation.objects.all().iterator(chunk_size=1))


def test_pages_are_read_for_their_tenant_whoever_acts_in_between(two: tuple[Workspace, Workspace]) -> None:
    one, other = two
    for number in range(5):
        submit(one, seed=number)
    with tenant(one.id), transaction.atomic():
        pages = Generation.objects.all().iterator(chunk_size=2)
        seen = [next(pages).workspace_id]
        with tenant(other.id):
            assert count("generation_generation") == 1
        seen += [row.workspace_id for row in pages]
    assert seen == [one.id] * 6


def test_blocks_nest_and_end(two: tuple[Workspace, Workspace]) -> None:
    one, other = two
    with tenant(one.id):
        with tenant(other.id):
            assert current_tenant() == other.id
        with across("figures"):
            assert count("generation_generation") == 2
        assert count("generation_generation") == 1


@pytest.mark.parametrize("name", ["", "*", "wsp'; DROP TABLE x; --", "wsp_ä", "a" * 33])
def test_what_is_no_id_becomes_no_tenant(name: str) -> None:
    with pytest.raises(ValueError, match="no id"), tenant(name):
        pass


def test_nobody_acts_across_workspaces_without_a_known_reason() -> None:
    with pytest.raises(ValueError, match="no reason"), across("because"):
        pass


def test_a_request_leaves_no_tenant_behind(two: tuple[Workspace, Workspace]) -> None:
    _, text = create_api_key(workspace=two[0], name="visit")
    with no_tenant():
        answer = Client().get("/api/v1/atelier/account", headers={"Authorization": f"Bearer {text}"})
        assert answer.json()["workspaceId"] == two[0].id
        assert current_tenant() == ""


def test_the_service_refuses_a_role_that_passes_walls_and_tables_that_are_open(postgres: Postgres) -> None:
    _, text = create_api_key(workspace=open_workspace(), name="visit")
    check_policies()
    with psycopg.connect(postgres.superuser_url, autocommit=True) as superuser:
        for broken, mended, says in (
            ("ALTER ROLE atelier_service BYPASSRLS", "ALTER ROLE atelier_service NOBYPASSRLS", "BYPASSRLS"),
            (
                "ALTER TABLE billing_hold NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE billing_hold FORCE ROW LEVEL SECURITY",
                "billing_hold",
            ),
        ):
            superuser.execute(broken)
            try:
                assert says in list_policy_faults()[0]
                with pytest.raises(ImproperlyConfigured):
                    check_policies()
                policies.checked.clear()
                assert visit(text) == 500
            finally:
                superuser.execute(mended)
    check_policies()
    assert visit(text) == 200
