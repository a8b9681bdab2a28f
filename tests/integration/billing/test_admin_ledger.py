"""The ledger and the audit trail at the admin: read, searched, never written."""

from __future__ import annotations

import psycopg
import pytest

from atelier.stacks.postgres import Postgres
from billing.services.holds import place_hold, resolve_hold
from tests.support.operators import count_queries, operator, read
from tests.support.stories import open_workspace, query, submit

LEDGER = ("account", "transfer", "hold")


@pytest.fixture
def books(committed: Postgres) -> Postgres:
    """A workspace with a hold that ended in parts and one that is open."""
    workspace = open_workspace("Blue Door")
    place_hold(workspace_id=workspace.id, amount=4, reference="gen_ended")
    resolve_hold(reference="gen_ended", captured=3)
    place_hold(workspace_id=workspace.id, amount=2, reference="gen_open")
    return committed


@pytest.mark.parametrize("table", LEDGER)
def test_the_pages_show_the_rows_under_a_balanced_trial(books: Postgres, table: str) -> None:
    text = read(operator(), f"/admin/billing/{table}/")
    assert "Blue Door" in text
    assert "trial-right" in text
    assert "The books add up." in text


def test_books_that_do_not_add_up_are_shown_in_red(books: Postgres) -> None:
    with psycopg.connect(books.superuser_url, autocommit=True) as connection:
        connection.execute("UPDATE billing_account SET balance = balance + 1000 WHERE kind = 'available'")
    browser = operator()
    text = read(browser, "/admin/billing/transfer/")
    assert "trial-wrong" in text
    assert "Trial balance: 1,000." in text
    assert "the books do not add up" in read(browser, "/admin/")


@pytest.mark.parametrize("table", LEDGER)
def test_nothing_can_be_added_changed_or_deleted(books: Postgres, table: str) -> None:
    browser, url = operator(), f"/admin/billing/{table}/"
    (key,) = query(f"SELECT {'hold_id' if table == 'outcome' else 'id'} FROM billing_{table} LIMIT 1")[0]
    before = query(f"SELECT * FROM billing_{table} ORDER BY 1")
    assert browser.get(f"{url}add/").status_code == 403
    assert browser.post(f"{url}{key}/change/", {"amount": "1", "balance": "1"}).status_code == 403
    assert browser.post(f"{url}{key}/delete/", {"post": "yes"}).status_code == 403
    browser.post(url, {"action": "delete_selected", "_selected_action": [key], "post": "yes"})
    assert query(f"SELECT * FROM billing_{table} ORDER BY 1") == before
    assert "readonly" in read(browser, f"{url}{key}/change/")


@pytest.mark.parametrize(
    ("table", "term", "rows"),
    [
        ("transfer", "gen_ended", 3),
        ("transfer", "gen_open", 1),
        ("transfer", "grant", 1),
        ("transfer", "blue", 5),
        ("transfer", "nobody", 0),
        ("hold", "gen_open", 1),
        ("hold", "gen_none", 0),
        ("hold", "blue", 2),
        ("account", "blue", 4),
        ("account", "wsp_none", 0),
    ],
)
def test_search_finds_what_belongs_to_a_generation_or_a_workspace(
    books: Postgres, table: str, term: str, rows: int
) -> None:
    text = read(operator(), f"/admin/billing/{table}/", q=term)
    assert text.count('name="_selected_action"') + text.count('<th class="field-') == rows


def test_a_hold_says_how_it_ended(books: Postgres) -> None:
    text = read(operator(), "/admin/billing/hold/")
    assert "3 captured, 1 released" in text
    assert ">open<" in text


@pytest.mark.parametrize("table", LEDGER)
def test_the_pages_need_a_fixed_number_of_queries(books: Postgres, table: str) -> None:
    assert count_queries(operator(), f"/admin/billing/{table}/") <= 7


def test_the_audit_trail_is_read_and_searched_but_not_written(committed: Postgres) -> None:
    workspace, browser = open_workspace("one"), operator()
    first, second = submit(workspace), submit(workspace)
    url = "/admin/audit/auditentry/"
    text = read(browser, url, q=first.id)
    assert first.id in text
    assert second.id not in text
    assert second.id in read(browser, url, about="generation")
    assert second.id not in read(browser, url, about="workspace")
    assert first.id in read(browser, url, q=workspace.pk)
    (key,) = query("SELECT id FROM audit_auditentry LIMIT 1")[0]
    assert browser.post(f"{url}{key}/change/", {"actor": "me"}).status_code == 403
    assert browser.post(f"{url}{key}/delete/", {"post": "yes"}).status_code == 403
    assert count_queries(browser, url) <= 6
