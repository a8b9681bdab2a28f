"""Base classes of admin pages: read-only ones, and lists of tables that are too large for COUNT and full scans."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

M = TypeVar("M", bound=Model)
SEARCH_ROWS = 100_000
"""How many of the newest rows are read for a search that no index serves."""


class EstimatingPaginator(Paginator):
    """Counts exactly up to EXACT rows; beyond that the count is an estimate of PostgreSQL's planner.

    Only the first REACH rows have pages: an OFFSET of a million rows reads a million rows. Filters find the others.
    """

    EXACT = 10_000
    REACH = 10_000

    @cached_property
    def is_estimate(self) -> bool:
        """Whether `count` is the planner's estimate."""
        return self._counted > self.EXACT

    @cached_property
    def count(self) -> int:
        return max(self._counted, self._guess()) if self.is_estimate else self._counted

    @cached_property
    def num_pages(self) -> int:
        reachable = -(-min(self.count, self.REACH) // self.per_page)
        return max(1, reachable)

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by()[: self.EXACT + 1].count()

    def _guess(self) -> int:
        """The planner underestimates rows under row-level security, so the ratio of two of its estimates is used."""
        rows = self.object_list.model._default_manager.all()
        return round(_plan(self.object_list) / max(_plan(rows), 1) * max(_tuples(rows.model._meta.db_table), 0))


def _plan(rows: QuerySet[Any]) -> int:
    """Rows that the planner expects."""
    return int(json.loads(rows.order_by().explain(format="json"))[0]["Plan"]["Plan Rows"])


def _tuples(table: str) -> float:
    """Rows of a table at its last VACUUM or ANALYZE; -1 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return float(cursor.fetchone()[0])


class StyledAdmin(admin.ModelAdmin):
    """Adds Atelier's style sheet, and the name of the model as the title of its list."""

    class Media:
        css = {"all": ["atelier/admin.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Also finds an id that is not escaped in the URL: Django reads `_22` in `gen_22...` as an escape."""
        found = super().get_object(request, object_id, from_field)
        return found if found is not None else super().get_object(request, quote(object_id), from_field)


class BigTableAdmin(StyledAdmin):
    """A list that stays fast with millions of rows: no full COUNT, and no search scans the whole table.

    A subclass defines in `by_index` the searches that an index serves, and in `by_reading` the condition for all
    others, which is applied to the newest rows only; `newest_by` names an indexed column that grows. `search_fields`
    must not be empty, or Django shows no search box; it has no other use.
    """

    paginator = EstimatingPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 50
    newest_by = "created_at"

    def by_index(self, term: str) -> Q | None:
        """The condition for a term that an index serves, or None."""
        return None

    def by_reading(self, term: str) -> Q:
        """The condition for any other term."""
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        indexed = self.by_index(term)
        if indexed is not None:
            return queryset.filter(indexed), False
        return newest(queryset, self.newest_by).filter(self.by_reading(term)), False


class ReadOnlyAdmin(StyledAdmin):
    """No adding, changing or deleting, not even for superusers."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def newest(queryset: QuerySet[M], field: str, rows: int = SEARCH_ROWS) -> QuerySet[M]:
    """The last `rows` of the queryset by the indexed `field`: the rows that a search without an index reads."""
    edge = queryset.order_by(f"-{field}").values_list(field, flat=True)[rows : rows + 1].first()
    return queryset if edge is None else queryset.filter(**{f"{field}__gt": edge})


def moment(at: datetime | None) -> SafeString | str:
    """A time in UTC to the second, as `2026-01-31 13:30:00`; a dash for None."""
    if at is None:
        return "–"
    utc = at.astimezone(UTC)
    return format_html('<time datetime="{}">{}</time>', utc.isoformat(), f"{utc:%Y-%m-%d %H:%M:%S}")


def badge(text: str, kind: Any) -> SafeString:
    """A coloured badge; `kind` is the second half of a class `badge-...` in admin.css."""
    return format_html('<span class="badge badge-{}">{}</span>', kind, text)
