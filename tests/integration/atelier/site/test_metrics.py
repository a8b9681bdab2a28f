"""What /metrics says, and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from atelier.core.metrics import METRICS
from billing.services.checks import report_check
from tests.integration.webhooks.street import happen
from tests.support.stories import open_workspace, submit
from webhooks.models import Delivery, Endpoint
from webhooks.services.parking import park

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def open_page(settings: Settings) -> None:
    settings.ATELIER_METRICS_TOKEN = "t0ken"
    settings.ATELIER_RATE_LIMITS = False


def figures() -> dict[tuple[str, ...], float]:
    """(metric, label values...) and its value."""
    answer = Client().get("/metrics", headers={"Authorization": "Bearer t0ken"})
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_it_counts_what_waits_and_what_is_wrong() -> None:
    workspace = open_workspace("one", "professional")
    submit(workspace)
    report_check("verify", {"findings": [1]})
    Endpoint.objects.create(workspace=workspace, url="https://shop.example/", keys=b"x")
    for number in (1, 2):
        happen(workspace, number)
    dead, waiting = Delivery.objects.order_by("event__sequence")
    Delivery.objects.filter(id=dead.id).update(status="dead")
    park(dead, "http_error")
    Delivery.objects.filter(id=waiting.id).update(next_at=F("next_at") - timedelta(minutes=5))
    told = figures()
    assert told["atelier_generations", "standard", "queued"] == 1
    assert told["atelier_queue_oldest_seconds", "standard"] >= 0
    assert told["atelier_ledger_differences", "verify"] == 1
    assert told["atelier_webhook_dead_letters",] == 1
    assert told["atelier_webhook_deliveries", "pending"] == 1
    assert told["atelier_webhook_overdue_seconds",] >= 300
    assert told["atelier_outbox_unpublished",] >= 1


def test_with_nothing_to_do_every_count_is_there() -> None:
    names = {name for name, *_ in figures()}
    assert names >= {metric.name for metric in METRICS if not metric.labels}


def test_without_the_token_there_is_no_such_page(settings: Settings) -> None:
    for headers in ({}, {"Authorization": "Bearer t0ke"}, {"Authorization": "Bearer "}, {"Authorization": "t0ken"}):
        assert Client().get("/metrics", headers=headers).status_code == 404
    settings.ATELIER_METRICS_TOKEN = ""
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer t0ken"}):
        assert Client().get("/metrics", headers=headers).status_code == 404
