"""kill -9 of RabbitMQ in the middle of work: within 30 seconds every worker works again, all at the same time."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import WORKERS
from tests.support.client import Api
from tests.support.installation import Installation, in_parallel, wait_until

pytestmark = pytest.mark.stack

GPU = {worker.name for worker in WORKERS if worker.pool == "gpu"}
TIERS = ("studio", "professional", "starter")
RECOVERY_SECONDS = 30
LOAD = 45
"""Generations of one second a tier: more than can be drawn before the broker is back."""


def test_full_parallelism_comes_back(installation: Installation, record_property: pytest.RecordProperty) -> None:
    apis = [installation.api(tier) for tier in TIERS]
    in_parallel(lambda api: api.generate_many([{"model": "steady"}] * LOAD, at_once=2), apis)
    wait_until(lambda: _drawing(installation) == GPU, "all draw at once")
    killed, clock = installation.value("SELECT clock_timestamp()"), time.monotonic()
    installation.stack.kill("rabbitmq")
    wait_until(lambda: _fresh(installation, killed) == GPU, "all draw at once again", RECOVERY_SECONDS)
    record_property("seconds_to_full_parallelism", round(time.monotonic() - clock, 1))
    wait_until(lambda: _finished_by(installation, killed) == {worker.name for worker in WORKERS}, "all deliver")
    in_parallel(_cancel_the_rest, apis)


def _drawing(installation: Installation) -> set[str]:
    """GPU workers that hold a lease at this moment."""
    question = """SELECT worker FROM generation_generation
        WHERE status = 'running' AND stage = 'diffusion' AND lease_expires_at > clock_timestamp()"""
    return {worker for (worker,) in installation.query(question)}


def _fresh(installation: Installation, since: object) -> set[str]:
    """Those of them whose work was given to them after `since`, by the new broker."""
    question = """SELECT worker FROM generation_generation g WHERE status = 'running' AND stage = 'diffusion'
        AND lease_expires_at > clock_timestamp() AND dispatched_at > %s"""
    return {worker for (worker,) in installation.query(question, since)}


def _finished_by(installation: Installation, since: object) -> set[str]:
    """Workers that finished a stage of what was dispatched after `since`."""
    question = """SELECT DISTINCT r.worker FROM generation_stageresult r
        JOIN generation_generation g ON g.id = r.generation_id WHERE g.dispatched_at > %s"""
    return {worker for (worker,) in installation.query(question, since)}


def _cancel_the_rest(api: Api) -> None:
    """The load has done its work."""
    for asked in reversed(api.accepted):
        assert api.cancel(asked).status in (202, 409)
