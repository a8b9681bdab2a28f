"""Lists that are too long to count: what the pages say and where they lead, against real PostgreSQL."""

from __future__ import annotations

import pytest
from django.db import connection

from atelier.audit.models import AuditEntry
from atelier.core.admin.lists import EstimatingPaginator, newest
from tests.support.operators import operator, read

pytestmark = pytest.mark.usefixtures("committed")


def fill(rows: int) -> None:
    AuditEntry.objects.bulk_create(
        [AuditEntry(actor="a", action="test", subject=str(number)) for number in range(rows)], batch_size=2000
    )


def paginate(exact: int = 100, reach: int = 100) -> EstimatingPaginator:
    paginator = EstimatingPaginator(AuditEntry.objects.order_by("-id"), 10)
    paginator.EXACT, paginator.REACH = exact, reach
    return paginator


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (1, 1), (10, 1), (11, 2), (100, 10)])
def test_short_lists_are_counted_exactly(rows: int, pages: int) -> None:
    fill(rows)
    paginator = paginate()
    assert (paginator.count, paginator.num_pages, paginator.is_estimate) == (rows, pages, False)


def test_long_lists_are_estimated_and_their_pages_end_where_reading_gets_slow() -> None:
    fill(3000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_auditentry")  # and no ANALYZE: the estimate may be far off
    paginator = paginate()
    assert paginator.is_estimate
    assert paginator.count > 100
    assert paginator.num_pages == 10
    assert len(paginator.page(10).object_list) == 10


def test_an_estimate_is_near_after_an_analyze(committed: object) -> None:
    import psycopg

    fill(3000)
    with psycopg.connect(committed.superuser_url, autocommit=True) as owner:  # type: ignore[attr-defined]
        owner.execute("ANALYZE audit_auditentry")
    assert 2700 <= paginate().count <= 3300


def test_a_list_says_that_its_length_is_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    fill(300)
    browser = operator()
    assert "pages lead to" not in read(browser, "/admin/audit/auditentry/")
    monkeypatch.setattr(EstimatingPaginator, "EXACT", 100)
    monkeypatch.setattr(EstimatingPaginator, "REACH", 100)
    text = read(browser, "/admin/audit/auditentry/")
    assert "pages lead to the first 100; filter to see others" in text
    assert "?p=2" in text
    assert "?p=3" not in text
    assert browser.get("/admin/audit/auditentry/?p=3").status_code == 302


def test_newest_keeps_the_last_rows_only() -> None:
    fill(30)
    kept = newest(AuditEntry.objects.order_by("id"), "id", rows=10)
    assert [entry.subject for entry in kept] == [str(number) for number in range(20, 30)]
    assert newest(AuditEntry.objects.all(), "id", rows=30).count() == 30
    assert newest(AuditEntry.objects.none(), "id", rows=30).count() == 0
