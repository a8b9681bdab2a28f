"""A filter of the admin's lists by a range of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

SINCE, UNTIL = "since", "until"


class TimeRange(admin.FieldListFilter):
    """Rows from `since` (included) until `until` (not included), in UTC unless the text has an offset.

    A text that is not a time shows an error and an empty list: to ignore the condition would mislead.
    """

    template = "admin/time_range.html"

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: admin.ModelAdmin,
        field_path: str,
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        self.title = "time (UTC)"
        self.asked = {name: values[-1].strip() for name, values in self.used_parameters.items() if values[-1].strip()}

    def expected_parameters(self) -> list[str]:
        return [SINCE, UNTIL]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for name, text in self.asked.items():
            at = read_moment(text)
            if at is None:
                messages.error(request, f"{text!r} is no time. Write it as 2026-01-31T13:30, in UTC.")
                return queryset.none()
            comparison = "gte" if name == SINCE else "lt"
            queryset = queryset.filter(**{f"{self.field_path}__{comparison}": at})
        return queryset

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        others = {name: value for name, value in changelist.params.items() if name not in (SINCE, UNTIL)}
        yield {
            "others": others,
            "asked": bool(self.asked),
            "since": self.asked.get(SINCE, ""),
            "until": self.asked.get(UNTIL, ""),
            "query_string": changelist.get_query_string(remove=[SINCE, UNTIL]),
        }


def read_moment(text: str) -> datetime | None:
    """Parse ISO 8601, a date alone as its midnight; None if the text is not a time."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
