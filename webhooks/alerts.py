"""Telling operators: a log line (with Sentry, an event there), and Slack and PagerDuty where they are set."""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from webhooks.models import DeadLetter

log = logging.getLogger(__name__)
SECONDS = 5.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def alert_operators(parked: Sequence[DeadLetter]) -> None:
    """One alert for all of them. Slack or PagerDuty that cannot be reached is logged; the line above it stands."""
    first = parked[0]
    text = f"Atelier gave up {len(parked)} webhook deliveries, such as {first.delivery_id}: {first.reason}"
    log.error(text, extra={"workspace_id": first.workspace_id, "code": "webhooks_parked"})
    if settings.ATELIER_SLACK_URL:
        _post(settings.ATELIER_SLACK_URL, {"text": text})
    if settings.ATELIER_PAGERDUTY_KEY:
        _post(settings.ATELIER_PAGERDUTY_URL, _incident(text))


def _incident(text: str) -> dict[str, Any]:
    """An event of PagerDuty's Events API v2; all of them are one incident until it is resolved."""
    return {
        "routing_key": settings.ATELIER_PAGERDUTY_KEY,
        "event_action": "trigger",
        "dedup_key": "atelier-webhooks-parked",
        "payload": {"summary": text, "source": settings.ATELIER_PUBLIC_URL, "severity": "error"},
    }


def _post(url: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with _OPENER.open(request, timeout=SECONDS):
            pass
    except OSError as error:
        log.error("an alert could not be sent: %s", error, extra={"code": "alert_failed"})
