"""GET /metrics: what operators watch, read from PostgreSQL when it is asked for."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from atelier.core import metrics
from atelier.core.db.tenancy import across
from atelier.core.metrics import Metric

# Each reads what is unfinished, through a partial index: nothing here grows with history.
_READ: dict[Metric, str] = {
    metrics.GENERATIONS: "SELECT status, queue, count(*) FROM generation_generation WHERE completed_at IS NULL"
    " AND status IN ('queued', 'dispatched', 'running') GROUP BY 1, 2",
    metrics.QUEUE_AGE: "SELECT queue, extract(epoch FROM clock_timestamp() - min(created_at))"
    " FROM generation_generation WHERE status = 'queued' GROUP BY 1",
    metrics.OUTBOX: "SELECT count(*) FROM outbox_outboxmessage WHERE published_at IS NULL",
    metrics.OUTBOX_AGE: "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)"
    " FROM outbox_outboxmessage WHERE published_at IS NULL",
    metrics.LEDGER: "SELECT name, (SELECT count(*) FROM jsonb_object_keys(differences)) FROM billing_bookcheck",
    metrics.LEDGER_AGE: "SELECT name, extract(epoch FROM clock_timestamp() - ran_at) FROM billing_bookcheck",
    metrics.DELIVERIES: "SELECT status, count(*) FROM webhooks_delivery WHERE status = 'sending'"
    " OR (status = 'pending' AND next_at <= clock_timestamp()) GROUP BY 1",
    metrics.DELIVERY_AGE: "SELECT greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(next_at)), 0))"
    " FROM webhooks_delivery WHERE status = 'pending'",
    metrics.DEAD_LETTERS: "SELECT count(*) FROM webhooks_deadletter WHERE replayed_at IS NULL",
    metrics.DISABLED: "SELECT count(*) FROM webhooks_endpoint"
    " WHERE status = 'disabled' AND deleted_at IS NULL AND source_id = ''",
}


class _Gauges(Collector):
    """All metrics in one snapshot."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with across("figures"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for metric in metrics.METRICS:
                cursor.execute(_READ[metric])
                gauge = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
                for *labels, value in cursor.fetchall():
                    gauge.add_metric([str(label) for label in labels], float(value))
                yield gauge


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The metrics in Prometheus's text form, for whoever has ATELIER_METRICS_TOKEN as a bearer token.

    Without it, or with another one, there is no such page: it tells nothing, not even that it is there.
    """
    asked = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.ATELIER_METRICS_TOKEN}".encode()
    if not settings.ATELIER_METRICS_TOKEN or not hmac.compare_digest(asked, wanted):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gauges())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
