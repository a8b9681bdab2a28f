"""Whoever changes history is found, at the right row: even the superuser, even after he set every digest right."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError
from pytest_django import Settings

from atelier.accounts.models import Workspace
from atelier.audit.chains import GENESIS, digest_of
from atelier.audit.evidence import read_links
from atelier.audit.heads import HeadFile, HeadForged, list_torn, publish_heads, read_heads
from atelier.evidence import CHAINS, head_store, verify_ledger
from atelier.stacks.postgres import Postgres
from billing.services.adjustments import adjust_credits
from billing.services.grants import grant_credits
from billing.services.holds import place_hold, resolve_hold
from tests.support.commands import run_command
from tests.support.stories import open_workspace, query
from tests.support.vandals import CHAINED, edit_randomly, vandal_of


@pytest.fixture
def heads(settings: Settings, tmp_path: Path) -> Path:
    settings.ATELIER_LEDGER_HEADS = str(tmp_path / "heads.jsonl")
    return tmp_path / "heads.jsonl"


@pytest.fixture
def books(committed: Postgres, heads: Path) -> list[Workspace]:
    """Two workspaces with a history of every kind."""
    return [write_history(name) for name in ("one", "two")]


@pytest.fixture
def vandal(books: list[Workspace], committed: Postgres) -> Iterator[psycopg.Connection]:
    with vandal_of(committed.superuser_url) as connection:
        yield connection


def write_history(name: str) -> Workspace:
    workspace = open_workspace(name, credits=100)
    odd = "tab\t, \\N, back\\slash, line\nnew, ünïcödé \u2603"
    grant_credits(workspace_id=workspace.id, amount=5, idempotency_key=odd + name, note=odd)
    for number in range(5):
        place_hold(workspace_id=workspace.id, amount=4, reference=f"gen_{name}_{number}", actor="key_1")
    for number, captured in enumerate((4, 0, 3)):
        resolve_hold(reference=f"gen_{name}_{number}", captured=captured)
    for reason in ("too much", "too little"):
        adjust_credits(workspace_id=workspace.id, amount=-2, reason=reason, actor="user:1")
    return workspace


def found() -> set[tuple[str, str]]:
    """(chain, row) of everything that the verification tells."""
    return {(one["chain"], one["rowId"]) for one in verify_ledger()["findings"]}


def names() -> dict[str, str]:
    return {chain.table: chain.name for chain in CHAINS}


@pytest.mark.usefixtures("books")
def test_an_honest_history_has_nothing_to_tell() -> None:
    publish_heads(head_store())
    result = verify_ledger()
    assert (result["findings"], result["differences"]) == ([], {})
    assert result["rows"] == {"transfer": 26, "hold": 10, "outcome": 6, "audit": 4}


@pytest.mark.usefixtures("books")
def test_the_chain_covers_every_column_but_its_own() -> None:
    for chain in CHAINS:
        rows = query(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            chain.table,
        )
        columns = {name for (name,) in rows} - {"chain_seq", "prev_hash", "hash"}
        assert len(chain.columns) == len(columns)
        assert all(any(column in part for part in chain.columns) for column in columns)


def test_each_row_names_the_one_before(books: list[Workspace]) -> None:
    for chain in CHAINS:
        before: dict[str, bytes] = {}
        for link in read_links(chain):
            assert link.prev_hash == before.get(link.workspace_id, GENESIS)
            assert digest_of(link.prev_hash, link.seq, link.fields) == link.hash
            before[link.workspace_id] = link.hash
        assert set(before) == {workspace.id for workspace in books}


def tamper(vandal: psycopg.Connection, edits: int, seed: int) -> None:
    dice = random.Random(seed)
    for number in range(edits):
        edit = edit_randomly(vandal, dice)
        told = found()
        assert (names()[edit.table], edit.key) in told, (seed, number, edit, told)
        rows = {one for one in told if one[1]}
        assert rows == {(names()[edit.table], edit.key)} or edit.column in ("workspace_id",), (seed, number, edit, told)
        vandal.execute(*edit.undo)


def test_any_single_byte_that_changes_is_found_at_its_row(vandal: psycopg.Connection) -> None:
    tamper(vandal, 40, seed=1)
    assert found() == set()


@pytest.mark.prove
def test_a_thousand_random_edits_are_found_at_their_rows(vandal: psycopg.Connection) -> None:
    tamper(vandal, 1000, seed=2)
    assert found() == set()


def remove_randomly(vandal: psycopg.Connection, books: list[Workspace], removals: int, seed: int) -> None:
    """Each removal is told with its chain and place; the row is put back afterwards."""
    dice = random.Random(seed)
    for number in range(removals):
        table, workspace = dice.choice(list(CHAINED)), dice.choice(books).id
        (last,) = vandal.execute(f"SELECT max(chain_seq) FROM {table} WHERE workspace_id = %s", [workspace]).fetchone()
        place = dice.randint(1, last)
        vandal.execute("BEGIN")
        vandal.execute(
            "CREATE TEMPORARY TABLE taken ON COMMIT DROP AS"
            f" SELECT * FROM {table} WHERE workspace_id = %s AND chain_seq = %s",
            [workspace, place],
        )
        vandal.execute(f"DELETE FROM {table} WHERE workspace_id = %s AND chain_seq = %s", [workspace, place])
        kept = vandal.execute("SELECT to_json(t)::text FROM taken t").fetchone()
        vandal.execute("COMMIT")
        told = {(one["chain"], one["workspaceId"], one["place"]) for one in verify_ledger()["findings"]}
        assert (names()[table], workspace, place) in told, (seed, number, table, place, told)
        vandal.execute(f"INSERT INTO {table} SELECT (json_populate_record(NULL::{table}, %s::json)).*", kept)
    assert found() == set()


def test_any_row_that_is_removed_is_missed_at_its_place(vandal: psycopg.Connection, books: list[Workspace]) -> None:
    publish_heads(head_store())
    remove_randomly(vandal, books, 10, seed=3)


@pytest.mark.prove
def test_a_thousand_removed_rows_are_missed_at_their_places(vandal: psycopg.Connection, books: list[Workspace]) -> None:
    publish_heads(head_store())
    remove_randomly(vandal, books, 1000, seed=4)


@pytest.mark.parametrize("place", [0, -1, 2**40])
def test_a_row_that_is_moved_away_is_told_and_no_other(
    place: int, vandal: psycopg.Connection, books: list[Workspace]
) -> None:
    moved = query("SELECT id FROM billing_hold WHERE workspace_id = %s AND chain_seq = 3", books[0].id)[0][0]
    vandal.execute("UPDATE billing_hold SET chain_seq = %s WHERE id = %s", [place, moved])
    assert {one for one in found() if one[1]} == {("hold", moved)}


@pytest.mark.parametrize("table", CHAINED)
def test_a_removed_row_leaves_its_place_empty(table: str, vandal: psycopg.Connection, books: list[Workspace]) -> None:
    vandal.execute(f"DELETE FROM {table} WHERE chain_seq = 1 AND workspace_id = %s", [books[0].id])
    told = [one for one in verify_ledger()["findings"] if one["chain"] == names()[table]]
    assert [(one["workspaceId"], one["place"]) for one in told] == [(books[0].id, 1)]
    assert "removed" in told[0]["problem"]


def cut_the_end(vandal: psycopg.Connection, workspace_id: str) -> None:
    """The last transfers go, and everything in the database that could tell goes back with them."""
    last = vandal.execute(
        "SELECT chain_seq, prev_hash, debit_id, credit_id, amount FROM billing_transfer WHERE workspace_id = %s"
        " ORDER BY chain_seq DESC LIMIT 1",
        [workspace_id],
    ).fetchone()
    assert last is not None
    seq, before, debit, credit, amount = last
    vandal.execute("DELETE FROM billing_transfer WHERE workspace_id = %s AND chain_seq = %s", [workspace_id, seq])
    vandal.execute(
        "UPDATE audit_chainhead SET seq = %s, hash = %s, published_seq = %s"
        " WHERE chain = 'transfer' AND workspace_id = %s",
        [seq - 1, before, seq - 1, workspace_id],
    )
    for account, change in ((debit, amount), (credit, -amount)):
        vandal.execute(
            "UPDATE billing_account SET balance = balance + %s, version = version - 1 WHERE id = %s", [change, account]
        )


def test_a_cut_end_is_found_by_the_heads_outside(
    vandal: psycopg.Connection, books: list[Workspace], heads: Path
) -> None:
    publish_heads(head_store())
    cut_the_end(vandal, books[0].id)
    kept, heads_away = heads.read_text(), heads.with_suffix(".away")
    heads.rename(heads_away)
    assert verify_ledger()["findings"] == []  # the database alone tells a whole story
    heads.write_text(kept)
    told = verify_ledger()["findings"]
    assert [(one["chain"], one["workspaceId"], one["place"]) for one in told] == [("transfer", books[0].id, 13)]
    assert "cut off" in told[0]["problem"]


def test_a_history_written_anew_with_right_digests_is_found_by_the_heads_outside(
    vandal: psycopg.Connection, books: list[Workspace]
) -> None:
    publish_heads(head_store())
    vandal.execute("UPDATE audit_auditentry SET actor = 'user:2' WHERE workspace_id = %s", [books[0].id])
    chain = CHAINS[3]
    before, rows = GENESIS, [link for link in read_links(chain) if link.workspace_id == books[0].id]
    for link in rows:
        digest = digest_of(before, link.seq, link.fields)
        vandal.execute(
            "UPDATE audit_auditentry SET prev_hash = %s, hash = %s WHERE workspace_id = %s AND chain_seq = %s",
            [before, digest, books[0].id, link.seq],
        )
        before = digest
    vandal.execute(
        "UPDATE audit_chainhead SET hash = %s WHERE chain = 'audit' AND workspace_id = %s", [before, books[0].id]
    )
    told = verify_ledger()["findings"]
    assert [(one["chain"], one["place"]) for one in told] == [("audit", len(rows))]
    assert "rewritten" in told[0]["problem"]


def test_heads_are_written_once_and_signed(books: list[Workspace], heads: Path) -> None:
    assert publish_heads(head_store()) == 8
    assert publish_heads(head_store()) == 0
    place_hold(workspace_id=books[0].id, amount=1, reference="gen_more")
    assert publish_heads(head_store()) == 2
    known = read_heads(HeadFile(heads))
    assert sorted(known["transfer", books[0].id]) == [13, 14]
    lines = heads.read_text()
    heads.write_text(lines.replace('"seq": 14', '"seq": 12'))
    with pytest.raises(HeadForged):
        read_heads(HeadFile(heads))
    assert {one["chain"] for one in verify_ledger()["findings"]} == {"heads"}


@pytest.mark.parametrize("kept", [1, 20, 200, -2])
def test_a_torn_line_is_passed_over_and_reported(kept: int, books: list[Workspace], heads: Path) -> None:
    """A full disk takes a part of a line. What is written next stands by itself, and nothing stops."""
    publish_heads(head_store())
    whole = heads.read_text()
    lines = whole.splitlines(keepends=True)
    heads.write_text("".join(lines[:-1]) + lines[-1][:kept])
    place_hold(workspace_id=books[0].id, amount=1, reference="gen_more")
    assert publish_heads(head_store()) == 2
    told = verify_ledger()
    assert (told["findings"], told["torn"]) == ([], [8])
    assert sorted(read_heads(HeadFile(heads))["hold", books[0].id])[-1] == 6
    assert "not written to their end (a full disk?): 8" in run_command("verify_ledger")
    heads.write_text(whole.replace(lines[3], '{"head": "nonsense"}\n'))
    with pytest.raises(HeadForged):
        read_heads(HeadFile(heads))


def test_a_disk_that_takes_a_part_is_asked_for_the_rest(
    books: list[Workspace], heads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, text: write(descriptor, text[:7]))
    publish_heads(head_store())
    monkeypatch.undo()
    assert list_torn(HeadFile(heads)) == [] and len(heads.read_text().splitlines()) == 8


def test_a_head_that_is_in_use_is_marked_later_and_nobody_waits_for_it(
    vandal: psycopg.Connection, books: list[Workspace], heads: Path
) -> None:
    """A submission takes heads in its own order: who marks them must not wait for one while holding another."""
    with vandal.transaction():
        vandal.execute(
            "SELECT FROM audit_chainhead WHERE chain = 'hold' AND workspace_id = %s FOR UPDATE", [books[0].id]
        )
        began = time.monotonic()
        assert publish_heads(head_store()) == 8
        assert time.monotonic() - began < 5
    assert publish_heads(head_store()) == 1
    assert publish_heads(head_store()) == 0
    assert verify_ledger()["findings"] == []


def test_heads_may_be_kept_in_the_storage(books: list[Workspace], settings: Settings, tmp_path: Path) -> None:
    settings.ATELIER_LEDGER_HEADS = ""
    settings.ATELIER_STORAGE_URL = f"file://{tmp_path / 'storage'}"
    for number in range(5):
        place_hold(workspace_id=books[0].id, amount=1, reference=f"gen_more_{number}")
        assert publish_heads(head_store()) > 0
    assert sorted(read_heads(head_store())["hold", books[0].id]) == [6, 7, 8, 9, 10]
    assert verify_ledger()["findings"] == []


def test_the_command_tells_the_row_and_ends_with_an_error(vandal: psycopg.Connection) -> None:
    assert "nothing is wrong" in run_command("verify_ledger")
    row = query("SELECT max(id) FROM billing_hold")[0][0]
    vandal.execute("UPDATE billing_hold SET created_at = created_at + interval '1 second' WHERE id = %s", [row])
    out = StringIO()
    with pytest.raises(CommandError):
        run_command("verify_ledger", out=out)
    assert row in out.getvalue()


def test_the_service_cannot_touch_a_head(books: list[Workspace], committed: Postgres) -> None:
    for statement in (
        "UPDATE audit_chainhead SET seq = 0",
        "DELETE FROM audit_chainhead",
        "SELECT audit_extend_chain('audit', '', 'x')",
    ):
        with psycopg.connect(committed.service_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_the_auditor_reads_the_evidence_and_nothing_else(books: list[Workspace], committed: Postgres) -> None:
    with psycopg.connect(committed.auditor_url, autocommit=True, options="-c atelier.workspace=*") as auditor:
        for chain in CHAINS:
            assert auditor.execute(f"SELECT count(*) > 0 FROM {chain.table}").fetchone() == (True,)
        for statement in (
            "SELECT 1 FROM generation_generation",
            "SELECT 1 FROM accounts_apikey",
            "INSERT INTO audit_auditentry (actor, action, subject, facts) VALUES ('a', 'b', 'c', '{}')",
            "UPDATE billing_account SET balance = 1",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                auditor.execute(statement)


def test_two_rows_can_not_follow_the_same_one(vandal: psycopg.Connection, books: list[Workspace]) -> None:
    """The constraint itself, with the triggers away."""
    for chain in CHAINS:
        columns = "chain_seq", "prev_hash"
        for column in columns:
            with pytest.raises(psycopg.errors.UniqueViolation):
                vandal.execute(
                    f"UPDATE {chain.table} SET {column} = (SELECT {column} FROM {chain.table} WHERE chain_seq = 1"
                    " AND workspace_id = %(w)s) WHERE chain_seq = 2 AND workspace_id = %(w)s",
                    {"w": books[0].id},
                )
