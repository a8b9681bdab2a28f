"""Killed at every named line of the money paths: nothing is half booked, and the same call afterwards finishes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import transaction

from atelier.stacks.postgres import Postgres
from billing.selectors import list_differences
from billing.services.adjustments import adjust_credits, refund_credits
from billing.services.grants import expire_grants, grant_credits
from billing.services.holds import place_hold, resolve_hold
from billing.services.plans import renew_plans
from tests.support.processes import alone
from tests.support.stories import open_workspace, query

pytestmark = pytest.mark.usefixtures("committed")


def hold(workspace_id: str) -> None:
    with transaction.atomic():
        place_hold(workspace_id=workspace_id, amount=7, reference="gen_new")


def resolve(workspace_id: str) -> None:
    with transaction.atomic():
        resolve_hold(reference="gen_old", captured=3)


def renew(workspace_id: str) -> None:
    renew_plans()


def expire(workspace_id: str) -> None:
    expire_grants()


def refund(workspace_id: str) -> None:
    refund_credits(
        workspace_id=workspace_id, reference="gen_done", amount=2, reason="blurred", actor="user:1", idempotency_key="r"
    )


def adjust(workspace_id: str) -> None:
    adjust_credits(workspace_id=workspace_id, amount=-5, reason="a slip", actor="user:1")


@dataclass(frozen=True)
class Path:
    """What is done, where it dies, and what is available once it is done (from 120, 90 of them without an end)."""

    point: str
    act: Callable[[str], None]
    available: int


PATHS = (
    Path("hold.placed", hold, 113),
    Path("hold.resolved", resolve, 121),
    Path("renewal.granted", renew, 620),
    Path("expire.booked", expire, 90),
    Path("refund.booked", refund, 122),
    Path("adjust.booked", adjust, 115),
)


def scene(committed: Postgres) -> str:
    """A professional workspace: 120 credits, of which 30 have just ended; an open hold and a captured one."""
    workspace = open_workspace("one", "professional", credits=98)
    for reference in ("gen_old", "gen_done"):
        place_hold(workspace_id=workspace.id, amount=4, reference=reference)
    resolve_hold(reference="gen_done", captured=4)
    grant_credits(workspace_id=workspace.id, amount=30, idempotency_key="gift", source="promotion")
    with psycopg.connect(committed.superuser_url, autocommit=True) as vandal:  # nobody else can let time pass
        vandal.execute("SET session_replication_role = replica")
        vandal.execute("UPDATE billing_transfer SET expires_at = created_at WHERE reference = 'promotion'")
    return workspace.id


def state() -> list[tuple[Any, ...]]:
    return query(
        "SELECT count(*), (SELECT count(*) FROM audit_auditentry), (SELECT count(*) FROM billing_hold),"
        " (SELECT count(*) FROM billing_holdoutcome), (SELECT count(*) FROM billing_grantend),"
        " (SELECT max(balance) FROM billing_account WHERE kind = 'available') FROM billing_transfer"
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.point)
def test_a_process_killed_there_has_booked_nothing_and_the_next_one_finishes(path: Path, committed: Postgres) -> None:
    workspace_id = scene(committed)
    before = state()
    killed = alone(path.act, settings={"ATELIER_CRASHPOINT": path.point}, workspace_id=workspace_id)
    assert killed.signal == 9
    assert state() == before
    finished = alone(path.act, workspace_id=workspace_id)
    assert (finished.error, finished.detail) == ("", "")
    assert query("SELECT balance FROM billing_account WHERE kind = 'available'") == [(path.available,)]
    assert not any(list_differences().values())
