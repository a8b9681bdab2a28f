"""Filters of the generation list. Their choices are fixed lists: asking the table for them would read all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest

from atelier.messaging.queues import TIER_QUEUES
from generation.catalog import get_catalog
from generation.kinds import KINDS
from generation.models import Generation
from generation.pipeline import lifecycle

Choices = list[tuple[str, str]]


class StatusFilter(admin.SimpleListFilter):
    """The statuses that clients know, and `live` for all that has not ended."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(name, name) for name in ("live", *lifecycle.PUBLIC_STATUSES)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Generation]) -> QuerySet[Generation]:
        groups = {"live": lifecycle.LIVE, "processing": lifecycle.IN_FLIGHT}
        status = self.value()
        return queryset.filter(status__in=groups.get(status, (status,))) if status else queryset


class QueueFilter(admin.SimpleListFilter):
    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(queue, queue) for queue in TIER_QUEUES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Generation]) -> QuerySet[Generation]:
        return queryset.filter(queue=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(kind.name, kind.title) for kind in KINDS.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Generation]) -> QuerySet[Generation]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ModelFilter(admin.SimpleListFilter):
    title = "model"
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(entry.name, entry.name) for entry in get_catalog().models]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Generation]) -> QuerySet[Generation]:
        return queryset.filter(model=self.value()) if self.value() else queryset


class CreatedFilter(admin.SimpleListFilter):
    """How long ago, by the clock at which the statement starts: one that moves would keep the index from being used."""

    title = "created"
    parameter_name = "within"
    SPANS = {
        "hour": ("past hour", timedelta(hours=1)),
        "day": ("past 24 hours", timedelta(days=1)),
        "week": ("past 7 days", timedelta(days=7)),
        "month": ("past 30 days", timedelta(days=30)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(name, words) for name, (words, _) in self.SPANS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Generation]) -> QuerySet[Generation]:
        chosen = self.SPANS.get(self.value() or "")
        return queryset.filter(created_at__gt=Now() - chosen[1]) if chosen else queryset
