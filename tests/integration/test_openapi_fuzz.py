"""Schemathesis against the running application: no 5xx, and every answer is one that the document tells of."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from pytest_django import Settings
from schemathesis.checks import CHECKS

from atelier.accounts.services import create_api_key
from atelier.messaging.outbox.models import OutboxMessage
from atelier.site.openapi import build_openapi
from billing.selectors import trial_balance
from generation.services.cancellation import cancel_generation
from generation.services.recovery import reconcile
from tests.support.document import close_answers
from tests.support.stories import open_workspace, send_off, settle, start_worker, submit, walk_to

EXAMPLES = 15
"""Requests an operation: about a minute for all of them on two busy cores."""

# A schema cannot say which models, styles and sizes this installation and this tier accept.
NOT_SAYABLE = ["positive_data_acceptance"]

SCHEMA = schemathesis.openapi.from_dict(close_answers(build_openapi()))
SCHEMA.app = get_wsgi_application()


@dataclass(frozen=True)
class Target:
    """A workspace to shoot at, with a generation in every state that matters."""

    key: str
    waiting: str
    ended: tuple[str, ...]

    def some_id(self, operation: str, given: str) -> str:
        """A real id most of the time; for event streams only of generations that have ended."""
        known = self.ended if operation == "watchProject" else (self.waiting, *self.ended)
        return random.Random(given).choice((*known, given))


@pytest.fixture
def target(committed: object, settings: Settings) -> Iterator[Target]:
    settings.ATELIER_RATE_LIMITS = False
    start_worker()
    workspace = open_workspace("fuzz", credits=1_000_000)
    generation, fence = send_off(workspace)
    walk_to(generation, fence, "upload")
    settle(generation, fence)
    cancelled = submit(workspace).id
    cancel_generation(workspace_id=workspace.id, generation_id=cancelled, actor="test")
    waiting = submit(workspace).id
    yield Target(create_api_key(workspace=workspace, name="fuzz")[1], waiting, (generation.id, cancelled))
    OutboxMessage.objects.all().delete()  # no relay runs here; one operation may take over 30 s
    assert trial_balance() == 0
    assert reconcile() == {}


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_no_request_breaks_the_service_or_its_document(case: schemathesis.Case, target: Target) -> None:
    operation = case.operation.definition.raw["operationId"]
    if "generation_id" in case.path_parameters:
        given = case.path_parameters["generation_id"]
        case.path_parameters["generation_id"] = target.some_id(operation, str(given))
    if re.search("wait *=", str(case.headers.get("Prefer", ""))):
        case.headers["Prefer"] = "wait=1"
    excluded = CHECKS.get_by_names(NOT_SAYABLE)
    case.call_and_validate(headers={"Authorization": f"Bearer {target.key}"}, excluded_checks=excluded)
