"""Crowds at the doors: a limit lets exactly its number through, and few connections serve many without mixing them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test import Client

from atelier.access.api.views import ACCESS_LIMIT
from atelier.accounts.services import create_api_key
from atelier.accounts.throttling import Limit, RateLimited, take_tokens
from atelier.core.db.deadlines import RateTooSlow
from atelier.core.db.tenancy import no_tenant, tenant
from generation.api.views import PROJECT_LIMIT
from generation.kinds import image
from tests.support.processes import alone, at_once, call
from tests.support.stories import open_workspace, query, start_worker, submit

pytestmark = pytest.mark.usefixtures("committed")
PROCESSES = 5
JOBS = [Limit("jobs-starter", 5, 20, 3600), Limit("jobs-professional", 15, 100, 3600)]
LIMITS = [image.KIND.limit, PROJECT_LIMIT, ACCESS_LIMIT, *JOBS]


def ask_at_once(limit: Limit, threads: int) -> int:
    """How many of `threads` requests pass, all of them let loose together."""
    barrier = Barrier(threads)

    def ask(_: int) -> bool:
        barrier.wait(60)
        try:
            with transaction.atomic():
                take_tokens("wsp_crowd", [limit])
        except (RateLimited, RateTooSlow):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(threads) as crowd:
        return sum(crowd.map(ask, range(threads)))


def count_passed(limit: Limit, requests: int, budgets: float = 0) -> int:
    """Of a crowd in five processes. The bucket is refilled 10,000 times slower: exactly means exactly.

    Without time budgets unless asked for: a crowd before one bucket waits, and who waits too long is sent away.
    """
    slow = replace(limit, period=limit.period * 10_000)
    asking = call(ask_at_once, settings={"ATELIER_STAGE_BUDGETS": budgets}, limit=slow, threads=requests // PROCESSES)
    outcomes = at_once([asking] * PROCESSES)
    assert {one.error for one in outcomes} == {""}, outcomes
    return sum(one.value for one in outcomes)


def test_of_80_requests_at_once_exactly_the_allowed_pass() -> None:
    assert count_passed(image.KIND.limit, 80) == 10


@pytest.mark.prove
@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_of_500_requests_at_once_exactly_the_allowed_pass(limit: Limit) -> None:
    assert count_passed(limit, 500) == limit.capacity


@pytest.mark.parametrize("requests", [80, pytest.param(500, marks=pytest.mark.prove)])
def test_who_is_sent_away_for_waiting_too_long_takes_no_token(requests: int) -> None:
    passed = count_passed(image.KIND.limit, requests, budgets=1)
    assert passed <= image.KIND.limit.capacity
    ((left,),) = query("SELECT tokens FROM accounts_tokenbucket") or [(image.KIND.limit.capacity,)]
    assert left == pytest.approx(image.KIND.limit.capacity - passed, abs=0.01)


def visit(workspace_id: str, key: str) -> int:
    """One request, and raw SQL after it for the workspace and for nobody; which server process answered."""
    with no_tenant():
        answer = Client(SERVER_NAME="127.0.0.1").get(
            "/api/v1/atelier/account", headers={"Authorization": f"Bearer {key}"}
        )
        assert answer.json()["workspaceId"] == workspace_id
        connection.close()
        assert query("SELECT count(*) FROM generation_generation") == [(0,)]
        connection.close()
        with tenant(workspace_id):
            ((seen, backend),) = query("SELECT workspace_id, pg_backend_pid() FROM generation_generation")
        assert seen == workspace_id
        connection.close()
    return backend


def share_two_connections(callers: list[tuple[str, str]], visits: int) -> int:
    """`visits` by eight threads, taking turns among the callers; how many connections served them."""
    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"]["pool"] |= {"max_size": 2, "timeout": 60}
    with ThreadPoolExecutor(8) as threads:
        return len(set(threads.map(lambda number: visit(*callers[number % len(callers)]), range(visits))))


def check_sharing(visits: int) -> None:
    start_worker()
    callers = []
    for name in ("one", "two"):
        workspace = open_workspace(name)
        submit(workspace)
        callers.append((workspace.id, create_api_key(workspace=workspace, name="key")[1]))
    outcome = alone(share_two_connections, callers=callers, visits=visits)
    assert outcome.error == "", outcome.detail
    assert outcome.value == 2


def test_two_connections_serve_two_workspaces_without_mixing_them() -> None:
    check_sharing(40)


@pytest.mark.prove
def test_two_connections_serve_two_workspaces_for_400_visits_without_mixing_them() -> None:
    check_sharing(400)
