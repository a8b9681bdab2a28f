"""What must be zero is counted: healthy books have nothing to reconcile, and every kind of damage has its name."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from pytest_django import Settings

from atelier.accounts.models import Workspace
from atelier.stacks.postgres import Postgres
from generation.models import Generation
from generation.services.cancellation import cancel_generation
from generation.services.claims import requeue_claim
from generation.services.recovery import _INVARIANTS, reap, reconcile
from tests.support.stories import (
    age,
    drain,
    open_workspace,
    query,
    send_off,
    settle,
    start_worker,
    submit,
    take,
)

pytestmark = pytest.mark.usefixtures("committed", "no_limits")


@pytest.fixture
def history() -> Workspace:
    """Something of everything: completed, partly delivered, failed, cancelled, queued, dispatched, running."""
    for number in range(5):
        start_worker(f"gpu-{number}")
    workspace = open_workspace()
    for images in (4, 3):
        generation, fence = send_off(workspace, count=4)
        settle(generation, fence, images=images)
    broken, fence = send_off(workspace)
    requeue_claim(generation_id=broken.id, fence=fence, code="x", message="x", counts=True)
    take(*send_off(workspace), "prompt")
    send_off(workspace)
    dropped = submit(workspace)
    cancel_generation(workspace_id=workspace.id, generation_id=dropped.id, actor="test")
    submit(workspace)
    drain()
    submit(workspace)
    query("UPDATE outbox_outboxmessage SET published_at = clock_timestamp() RETURNING 1")
    return workspace


def test_healthy_books_have_nothing_to_reconcile(history: Workspace) -> None:
    assert reconcile() == {}


@pytest.fixture
def vandal(history: Workspace, committed: Postgres) -> Iterator[psycopg.Connection]:
    """Somebody whom no trigger and no foreign key stops."""
    with psycopg.connect(committed.superuser_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


DAMAGE = {
    "trial_balance": "UPDATE billing_account SET balance = balance + 7 WHERE kind = 'earned'",
    "unbalanced_accounts": """
        UPDATE billing_account SET balance = balance + CASE kind WHEN 'earned' THEN 5 ELSE -5 END
        WHERE kind IN ('earned', 'available')""",
    "held_unlike_open_holds": "UPDATE billing_hold SET amount = amount + 1",
    "terminal_with_open_hold": """
        DELETE FROM billing_holdoutcome WHERE hold_id =
            (SELECT h.id FROM billing_hold h JOIN generation_generation g ON g.id = h.reference
             WHERE g.status = 'cancelled')""",
    "hold_without_live_generation": """
        DELETE FROM generation_generation WHERE status = 'queued' AND error_code = ''""",
    "capture_without_asset": "DELETE FROM storage_asset",
    "asset_without_capture": """
        UPDATE storage_asset SET source_id = (SELECT id FROM generation_generation WHERE status = 'cancelled')
        WHERE ordinal = 0 AND source_id = (SELECT min(source_id) FROM storage_asset)""",
    "slot_without_runner": """
        INSERT INTO generation_slot (generation_id, workspace_id, number)
        SELECT id, workspace_id, 19 FROM generation_generation WHERE status = 'cancelled'""",
    "runner_without_slot": """
        DELETE FROM generation_slot WHERE generation_id =
            (SELECT min(id) FROM generation_generation WHERE status = 'running')""",
    "terminal_without_event": """
        DELETE FROM generation_generationevent WHERE type = 'terminal' AND generation_id =
            (SELECT id FROM generation_generation WHERE status = 'cancelled')""",
    "outbox_older_than_30s": """
        UPDATE outbox_outboxmessage SET published_at = NULL, created_at = clock_timestamp() - interval '31 seconds'
        WHERE id = (SELECT min(id) FROM outbox_outboxmessage)""",
    "live_without_hold": """
        DELETE FROM billing_hold WHERE reference =
            (SELECT min(id) FROM generation_generation WHERE status = 'running')""",
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_counted_under_its_name(name: str, vandal: psycopg.Connection) -> None:
    assert vandal.execute(DAMAGE[name]).rowcount >= 1
    assert name in reconcile()


def test_every_invariant_has_its_damage(history: Workspace) -> None:
    assert set(DAMAGE) == {"trial_balance", "unbalanced_accounts", "held_unlike_open_holds", *_INVARIANTS}


def test_a_story_of_every_kind_ends_clean(settings: Settings, history: Workspace) -> None:
    for generation in Generation.objects.filter(completed_at=None):
        age(generation, 700)
    settings.ATELIER_LEASE_SECONDS = 0.1
    reap()
    assert query("SELECT count(*) FROM generation_generation WHERE completed_at IS NULL") == [(0,)]
    assert query("SELECT balance FROM billing_account WHERE kind = 'held'") == [(0,)]
    assert drain() == 0
    assert reconcile() == {}
