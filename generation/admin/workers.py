"""The workers that said they are alive."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from atelier.core.admin.durations import short_duration
from atelier.core.admin.lists import ReadOnlyAdmin, badge
from atelier.core.db.database import Now
from generation.models import Worker
from generation.selectors import ALIVE_SECONDS


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    """A worker that stops on purpose leaves the list; one that died stays for a day, as silent."""

    list_display = ("name", "state", "seen", "queue_names", "models")
    ordering = ("-seen_at",)
    sortable_by = ()
    fields = ("name", "state", "seen", "queue_names", "models")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Worker]:
        heard = Q(seen_at__gt=Now() - timedelta(seconds=ALIVE_SECONDS))
        return super().get_queryset(request).annotate(alive=ExpressionWrapper(heard, BooleanField()))

    @admin.display(description="state")
    def state(self, worker: Worker) -> SafeString:
        return badge("alive", "completed") if worker.alive else badge("silent", "failed")

    @admin.display(description="last heard of")
    def seen(self, worker: Worker) -> str:
        return f"{short_duration(timezone.now() - worker.seen_at)} ago"

    @admin.display(description="queues")
    def queue_names(self, worker: Worker) -> SafeString:
        return format_html_join(" ", '<span class="tag">{}</span>', ((name,) for name in worker.queues))

    @admin.display(description="models")
    def models(self, worker: Worker) -> SafeString | str:
        return format_html_join(" ", '<span class="tag">{}</span>', ((name,) for name in worker.model_names)) or "–"
