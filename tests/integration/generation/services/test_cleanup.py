"""Old rows and files are deleted; young ones and those still in use are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from atelier.messaging.outbox import services as outbox
from atelier.messaging.outbox.services import delete_published
from atelier.scheduler import LOOPS
from generation.services.cleanup import delete_old_answers, delete_old_events
from generation.services.recovery import reconcile
from storage.backend import get_blobs
from storage.blobs import StorageUnavailable
from storage.services import delete_expired, expiry
from tests.support.stories import open_workspace, query, send_off, settle, start_worker

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def files(settings: Any, tmp_path: Path, committed: object) -> Path:
    """Where the pictures of this test are."""
    settings.ATELIER_STORAGE_URL = (tmp_path / "files").as_uri()
    return tmp_path / "files"


def deliver(days_ago: float, images: int = 2) -> str:
    """The id of a generation whose pictures, kept for 7 days, were delivered so long ago."""
    start_worker()
    generation, fence = send_off(open_workspace(), count=images)
    assert settle(generation, fence, images=images)
    for table in ("storage_asset", "generation_generationevent"):
        column = "source_id" if table == "storage_asset" else "generation_id"
        moved = "created_at = created_at - %s * interval '1 day'"
        if table == "storage_asset":
            moved += ", expires_at = created_at - %s * interval '1 day' + interval '7 days'"
        ages = [days_ago] * moved.count("%s")
        query(f"UPDATE {table} SET {moved} WHERE {column} = %s RETURNING 1", *ages, generation.id)
    query("UPDATE outbox_outboxmessage SET published_at = clock_timestamp() WHERE published_at IS NULL RETURNING 1")
    return generation.id


def pictures(files: Path) -> int:
    return sum(path.is_file() for path in files.rglob("*.png"))


def test_pictures_go_with_their_rows_when_their_retention_has_ended(files: Path) -> None:
    old, young = deliver(7.1), deliver(6.9)
    assert pictures(files) == 4
    assert (delete_expired(), delete_expired()) == (2, 0)
    assert pictures(files) == 2
    assert query("SELECT DISTINCT source_id FROM storage_asset") == [(young,)]
    assert query("SELECT status FROM generation_generation WHERE id = %s", old) == [("completed",)]


def test_a_download_that_began_in_the_last_moment_has_an_hour(files: Path) -> None:
    deliver(7 + 0.9 / 24)
    assert delete_expired() == 0
    deliver(7 + 1.1 / 24)
    assert delete_expired() == 2


def test_the_ledger_is_in_order_without_the_expired_images(files: Path, committed: Any) -> None:
    generation = deliver(7.1)
    assert delete_expired() == 2
    assert reconcile() == {"capture_without_asset": 1}, "it was paid for today"
    let_the_capture_age(committed, generation)
    assert reconcile() == {}


def let_the_capture_age(committed: Any, generation: str) -> None:
    import psycopg

    with psycopg.connect(committed.superuser_url, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "UPDATE billing_holdoutcome SET created_at = created_at - interval '7 days' WHERE hold_id ="
            " (SELECT id FROM billing_hold WHERE reference = %s)",
            [generation],
        )


def test_a_storage_that_is_down_loses_nothing_and_is_tried_again(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(8)
    blobs, asked = get_blobs(), []

    class Failing:
        def delete(self, key: str) -> None:
            asked.append(key)
            if len(asked) == 2:
                raise StorageUnavailable
            blobs.delete(key)

    with monkeypatch.context() as patched, pytest.raises(StorageUnavailable):
        patched.setattr(expiry, "get_blobs", Failing)
        delete_expired()
    assert query("SELECT count(*) FROM storage_asset") == [(1,)]
    assert delete_expired() == 1
    assert pictures(files) == 0


def test_rows_whose_files_are_gone_already_are_deleted(files: Path) -> None:
    deliver(8)
    for (key,) in query("SELECT key FROM storage_asset"):
        get_blobs().delete(key)
    assert delete_expired() == 2


def test_the_scheduler_deletes_by_itself(files: Path) -> None:
    deliver(31)
    work = {loop.name: loop.work for loop in LOOPS}
    assert (work["retention"](), work["forget"]()) == (2, 0)
    assert pictures(files) == 0
    assert query("SELECT type FROM generation_generationevent") == [("terminal",)]


def test_old_events_are_deleted_and_the_terminal_one_stays(files: Path) -> None:
    old, young = deliver(31), deliver(29)
    kept = query("SELECT count(*) FROM generation_generationevent WHERE generation_id = %s", young)
    assert delete_old_events() > 0
    assert delete_old_events() == 0
    assert query("SELECT type FROM generation_generationevent WHERE generation_id = %s", old) == [("terminal",)]
    assert query("SELECT count(*) FROM generation_generationevent WHERE generation_id = %s", young) == kept


def test_messages_published_a_week_ago_are_deleted_and_unpublished_ones_never(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, days in (("old", 8), ("waits", None), ("older", 9), ("young", 6)):
        query(
            "INSERT INTO outbox_outboxmessage (event, subject, queue, payload, dedupe_key, failures, created_at,"
            " published_at) VALUES ('x', 'x', 'basic', '{}', %s, 0, now() - interval '30 days',"
            " now() - %s * interval '1 day') RETURNING 1",
            key,
            days,
        )
    monkeypatch.setattr(outbox, "DELETED_AT_ONCE", 2)
    assert [delete_published() for _ in range(3)] == [1, 1, 0]
    assert query("SELECT dedupe_key FROM outbox_outboxmessage ORDER BY id") == [("waits",), ("young",)]


def test_old_answers_are_deleted_and_young_ones_stay() -> None:
    workspace = open_workspace()
    for key, days in (("old", 8), ("young", 6)):
        query(
            "INSERT INTO generation_idempotencyrecord (workspace_id, endpoint, key, body_digest, status, headers,"
            " answer, created_at) VALUES (%s, 'generate', %s, '', 202, '{}', '',"
            " clock_timestamp() - %s * interval '1 day') RETURNING id",
            workspace.id,
            key,
            days,
        )
    assert delete_old_answers() == 1
    assert query("SELECT key FROM generation_idempotencyrecord") == [("young",)]
