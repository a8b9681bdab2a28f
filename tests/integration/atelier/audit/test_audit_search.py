"""Operators ask the audit trail who did what to what, when, and with which figures."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from atelier.audit.models import AuditEntry
from atelier.core.db.database import insert_row
from tests.support.operators import count_queries, operator, read
from tests.support.stories import open_workspace, query

pytestmark = pytest.mark.usefixtures("committed")
TRAIL = "/admin/audit/auditentry/"
GENERATION, ADJUSTMENT = "gen_01jd8z6m3v9q", "adj_5f1c0a9b8d7e"


@pytest.fixture
def browser() -> Client:
    """An operator, and four entries: what a key and two people did at noon of four days of March 2026."""
    workspace = open_workspace("Blue Door")
    entries: list[tuple[str | None, str, str, str, dict[str, Any]]] = [
        (workspace.pk, "key_a", "generation.queued", GENERATION, {"credits": 4}),
        (workspace.pk, "user:7", "credits.adjusted", ADJUSTMENT, {"amount": -500}),
        (workspace.pk, "user:8", "workspace.changed", workspace.pk, {"tier": ["starter", "studio"]}),
        (None, "user:7", "user.changed", "user:8", {"is_active": [True, False], "fields": ["is_active"]}),
    ]
    for day, (workspace_id, actor, action, subject, facts) in enumerate(entries, start=1):
        insert_row(
            AuditEntry(
                workspace_id=workspace_id,
                actor=actor,
                action=action,
                subject=subject,
                facts=facts,
                created_at=datetime(2026, 3, day, 12, tzinfo=UTC),
            )
        )
    return operator()


def found(browser: Client, **asked: Any) -> list[str]:
    """Actions of the entries on the page, oldest first."""
    return re.findall(r'class="field-action">(.*?)<', read(browser, TRAIL, **asked))[::-1]


QUEUED, ADJUSTED, MOVED, SHUT = "generation.queued", "credits.adjusted", "workspace.changed", "user.changed"


@pytest.mark.parametrize(
    ("words", "actions"),
    [
        ("user:7", [ADJUSTED, SHUT]),
        ("user:8", [MOVED, SHUT]),
        ("actor=user:8", [MOVED]),
        ("subject=user:8", [SHUT]),
        ("key_a", [QUEUED]),
        (GENERATION, [QUEUED]),
        (ADJUSTMENT, [ADJUSTED]),
        ("amount=-500", [ADJUSTED]),
        ("credits=4", [QUEUED]),
        ("credits=5", []),
        ("tier=studio", [MOVED]),
        ("tier=starter", [MOVED]),
        ("tier=", [MOVED]),
        ("is_active=false", [SHUT]),
        ("action=user.changed", [SHUT]),
        ("user:7 amount=-500", [ADJUSTED]),
        ("user:8 amount=-500", []),
        ("blue door", [QUEUED, ADJUSTED, MOVED]),
        ("STUDIO", [MOVED]),
        ("", [QUEUED, ADJUSTED, MOVED, SHUT]),
    ],
)
def test_words_find_the_entries_that_they_all_fit(browser: Client, words: str, actions: list[str]) -> None:
    assert found(browser, q=words) == actions


def test_a_workspace_is_found_by_its_id(browser: Client) -> None:
    ((workspace,),) = query("SELECT id FROM accounts_workspace")
    assert found(browser, q=workspace) == [QUEUED, ADJUSTED, MOVED]
    assert found(browser, q=f"workspace={workspace} user:7") == [ADJUSTED]


@pytest.mark.parametrize(
    "words",
    [
        "amount=NaN",
        "amount=1e999",
        "amount=99999999999999999999999",
        "=",
        "=5",
        "a=b=c",
        "%",
        "_",
        "\\",
        "'",
        "ü=ü",
        "facts__x=1",
        "{",
        "x" * 5000,
    ],
)
def test_words_that_mean_nothing_find_nothing_and_break_nothing(browser: Client, words: str) -> None:
    assert browser.get(TRAIL, {"q": words}).status_code == 200


@pytest.mark.parametrize(
    ("since", "until", "actions"),
    [
        ("2026-03-02T12:00", "", [ADJUSTED, MOVED, SHUT]),
        ("", "2026-03-02T12:00", [QUEUED]),
        ("2026-03-02", "2026-03-04T11:59:59", [ADJUSTED, MOVED]),
        ("2026-03-02T14:00+02:00", "2026-03-02T12:01", [ADJUSTED]),
        ("2026-03-04", "2026-03-01", []),
        (" ", "", [QUEUED, ADJUSTED, MOVED, SHUT]),
    ],
)
def test_a_range_of_times_is_from_and_until(browser: Client, since: str, until: str, actions: list[str]) -> None:
    assert found(browser, since=since, until=until) == actions


def test_times_words_and_subjects_fit_together(browser: Client) -> None:
    assert found(browser, since="2026-03-02", q="user:7", about="user") == [SHUT]
    text = read(browser, TRAIL, since="2026-03-02", q="user:7", about="user")
    assert 'name="since" value="2026-03-02"' in text
    assert '<input type="hidden" name="q" value="user:7">' in text
    assert "?about=user&amp;q=user%3A7" in text


@pytest.mark.parametrize("text", ["yesterday", "2026-02-31", "2026-03-01T25:00", "0", "NaN", "99999999-01-01", "'"])
def test_what_is_no_time_is_said_and_finds_nothing(browser: Client, text: str) -> None:
    for name in ("since", "until"):
        page = read(browser, TRAIL, **{name: text})
        assert "is no time. Write it as 2026-01-31T13:30, in UTC." in page
        assert "field-action" not in page


def test_a_search_needs_few_statements(browser: Client) -> None:
    assert count_queries(browser, f"{TRAIL}?q=user:7+amount=-500&since=2026-03-01") <= 7


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("actor = 'user:7' ORDER BY id DESC", "audit_by_actor"),
        ("subject = 'gen_01jd8z6m3v9q'", "audit_by_subject"),
        ("created_at >= '2026-03-02' ORDER BY created_at DESC, id DESC", "audit_by_time"),
    ],
)
def test_an_index_leads_to_people_things_and_times(browser: Client, condition: str, index: str) -> None:
    with transaction.atomic():
        query("SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)")
        assert index in str(query(f"EXPLAIN SELECT * FROM audit_auditentry WHERE {condition} LIMIT 50"))
