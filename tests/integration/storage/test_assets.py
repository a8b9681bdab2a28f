"""Assets: stored outside, recorded inside a transaction, listed while they live."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from atelier.accounts.services import create_workspace
from atelier.core.db.tenancy import tenant
from storage.backend import get_blobs
from storage.models import Asset
from storage.selectors import list_assets
from storage.services import (
    AssetConflict,
    AssetExpired,
    BlobMissing,
    StoredImage,
    delete_artifacts,
    delivery,
    get_artifact,
    link_asset,
    put_artifact,
    record_assets,
    store_image,
)
from storage.services.delivery import LINK_WINDOW

pytestmark = pytest.mark.usefixtures("committed", "own_storage")


@pytest.fixture
def own_storage(settings: Any, tmp_path: Path) -> None:
    settings.ATELIER_STORAGE_URL = (tmp_path / "files").as_uri()


@pytest.fixture
def workspace(committed: object) -> str:
    return create_workspace(name="pictures", tier="starter").id


def store(workspace: str, ordinal: int, content: bytes = b"picture", source: str = "gen_a") -> StoredImage:
    return store_image(
        workspace_id=workspace,
        source_id=source,
        ordinal=ordinal,
        content=content + bytes([ordinal]),
        format="png",
        width=640,
        height=480,
    )


def record(workspace: str, images: Sequence[StoredImage], source: str = "gen_a", days: int = 7) -> list[Asset]:
    with transaction.atomic():
        return record_assets(workspace_id=workspace, source_id=source, images=images, retention_days=days)


def test_a_stored_and_recorded_image_is_listed_with_all_that_is_known_of_it(workspace: str) -> None:
    before = timezone.now()
    (made,) = record(workspace, [store(workspace, 0)])
    (asset,) = list_assets(["gen_a"])["gen_a"]
    assert asset == made
    assert asset.id.startswith("img_")
    content = get_blobs().get(asset.key)
    assert content == b"picture\0"
    assert (asset.sha256, asset.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (asset.width, asset.height, asset.format, asset.workspace_id) == (640, 480, "png", workspace)
    assert (asset.filename, asset.content_type) == ("gen_a-1.png", "image/png")
    assert before <= asset.created_at <= timezone.now()
    assert asset.expires_at - asset.created_at == timedelta(days=7)


def test_recording_again_changes_nothing(workspace: str) -> None:
    images = [store(workspace, ordinal) for ordinal in (2, 0, 1)]
    first = record(workspace, images)
    again = record(workspace, images, days=90)
    assert [asset.ordinal for asset in first] == [2, 0, 1]
    assert [(asset.id, asset.expires_at) for asset in again] == [(asset.id, asset.expires_at) for asset in first]
    assert Asset.objects.count() == 3


def test_another_picture_never_takes_a_place_that_is_taken(workspace: str) -> None:
    record(workspace, [store(workspace, 0)])
    with pytest.raises(AssetConflict):
        record(workspace, [store(workspace, 0, b"another"), store(workspace, 1)])
    assert [asset.sha256 for asset in Asset.objects.all()] == [store(workspace, 0).sha256]


def test_another_workspace_cannot_record_for_the_same_source(workspace: str) -> None:
    other = create_workspace(name="other", tier="starter").id
    record(workspace, [store(workspace, 0)])
    with pytest.raises(AssetConflict):
        record(other, [store(other, 0)])


def test_recording_outside_a_transaction_is_refused(workspace: str) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record_assets(workspace_id=workspace, source_id="gen_a", images=[store(workspace, 0)], retention_days=7)


def test_assets_go_with_a_transaction_that_is_rolled_back(workspace: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record(workspace, [store(workspace, 0)])
        raise RuntimeError
    assert not Asset.objects.exists()


def test_eight_recordings_at_once_make_one_asset_each(workspace: str) -> None:
    images, barrier = [store(workspace, ordinal) for ordinal in range(4)], Barrier(8)

    def run(_: int) -> list[str]:
        barrier.wait()
        try:
            with tenant(workspace):
                return [asset.id for asset in record(workspace, images)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(run, range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert Asset.objects.count() == 4


def test_many_sources_are_listed_in_order_by_one_query(workspace: str) -> None:
    for source in ("gen_a", "gen_b"):
        record(workspace, [store(workspace, ordinal, source=source) for ordinal in (1, 0)], source)
    with CaptureQueriesContext(connection) as queries:
        found = list_assets(iter(["gen_a", "gen_b", "gen_none"]))
    assert len(queries) == 1
    assert {source: [asset.ordinal for asset in assets] for source, assets in found.items()} == {
        "gen_a": [0, 1],
        "gen_b": [0, 1],
        "gen_none": [],
    }


def test_an_asset_past_its_retention_is_not_given_out(workspace: str) -> None:
    (asset,) = record(workspace, [store(workspace, 0)], days=1)
    just_before, then = asset.expires_at - timedelta(seconds=1), asset.expires_at
    assert list_assets(["gen_a"], now=just_before)["gen_a"] == [asset]
    assert list_assets(["gen_a"], now=then)["gen_a"] == []


def test_a_link_lives_ten_to_fifteen_minutes_and_never_longer_than_its_asset(workspace: str) -> None:
    (asset,) = record(workspace, [store(workspace, 0)])
    left = link_asset(asset).expires_at - timezone.now()
    assert timedelta(seconds=898 - LINK_WINDOW) <= left <= timedelta(seconds=900)
    asset.expires_at = timezone.now() + timedelta(seconds=60)
    assert link_asset(asset).expires_at <= asset.expires_at
    asset.expires_at = timezone.now()
    with pytest.raises(AssetExpired):
        link_asset(asset)


@pytest.mark.parametrize(
    "change",
    [
        {"size_bytes": 0},
        {"width": 0},
        {"height": 0},
        {"sha256": "A" * 64},
        {"sha256": ""},
        {"expires_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_the_database_refuses_an_asset_that_cannot_be(workspace: str, change: dict[str, Any]) -> None:
    (asset,) = record(workspace, [store(workspace, 0)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.filter(id=asset.id).update(**change)


def test_a_key_belongs_to_one_asset(workspace: str) -> None:
    image = store(workspace, 0)
    record(workspace, [image])
    with pytest.raises(AssetConflict):
        record(workspace, [replace(image, ordinal=1)])


def test_a_workspace_with_pictures_is_not_deleted(workspace: str) -> None:
    (asset,) = record(workspace, [store(workspace, 0)])
    with pytest.raises(ProtectedError):
        asset.workspace.delete()


def test_artifacts_of_every_fence_go_and_assets_stay(workspace: str) -> None:
    place = {"workspace_id": workspace, "generation_id": "gen_a"}
    keys = [put_artifact(**place, fence=fence, stage="diffusion", index=0, content=b"frame") for fence in (1, 2)]
    assert keys[0] == put_artifact(**place, fence=1, stage="diffusion", index=0, content=b"frame")
    assert [get_artifact(key) for key in keys] == [b"frame", b"frame"]
    image = store(workspace, 0)
    assert delete_artifacts(**place) == 2
    assert delete_artifacts(**place) == 0
    with pytest.raises(BlobMissing):
        get_artifact(keys[0])
    assert get_blobs().exists(image.key)


def test_a_stage_that_ran_twice_under_one_fence_keeps_both_results(workspace: str) -> None:
    """Some engines never draw the same bytes twice; the stage row says which of them counts."""
    place: dict[str, Any] = {"workspace_id": workspace, "generation_id": "gen_a", "fence": 1}
    place |= {"stage": "diffusion", "index": 0}
    one, two = put_artifact(**place, content=b"one"), put_artifact(**place, content=b"two")
    assert (get_artifact(one), get_artifact(two)) == (b"one", b"two")


@pytest.fixture
def operator(committed: object) -> Client:
    person = get_user_model().objects.create_superuser("operator", password="a long password")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(person)
    return client


def test_operators_see_pictures_and_change_nothing(workspace: str, operator: Client) -> None:
    (asset,) = record(workspace, [store(workspace, 0)])
    page = operator.get("/admin/storage/asset/")
    assert page.status_code == 200
    assert b"/files/" in page.content
    assert b"<img " in page.content
    assert operator.get(f"/admin/storage/asset/{asset.id}/change/").status_code == 200
    assert operator.get("/admin/storage/asset/add/").status_code == 403
    assert operator.post(f"/admin/storage/asset/{asset.id}/delete/", {"post": "yes"}).status_code == 403
    assert operator.post(f"/admin/storage/asset/{asset.id}/change/", {"width": "1"}).status_code == 403


def test_an_expired_picture_does_not_break_the_operators_page(workspace: str) -> None:
    (asset,) = record(workspace, [store(workspace, 0)])
    asset.expires_at = timezone.now()
    assert "retention" in admin.site.get_model_admin(Asset).thumbnail(asset)


def test_whoever_asks_within_a_window_gets_the_same_link(workspace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (asset,) = record(workspace, [store(workspace, 0)])
    began = int(time.time()) // LINK_WINDOW * LINK_WINDOW + LINK_WINDOW
    made = []
    for second in (0, 1, LINK_WINDOW - 1, LINK_WINDOW):
        monkeypatch.setattr(delivery.time, "time", lambda second=second: began + second + 0.5)
        made.append(link_asset(asset))
    assert made[0] == made[1] == made[2] != made[3]
    assert made[3].expires_at - made[0].expires_at == timedelta(seconds=LINK_WINDOW)


def test_a_link_near_the_end_of_the_retention_stays_the_same_too(workspace: str) -> None:
    (asset,) = record(workspace, [store(workspace, 0)])
    asset.expires_at = timezone.now().replace(microsecond=0) + timedelta(seconds=60)
    first = link_asset(asset)
    time.sleep(1.1)
    assert link_asset(asset) == first
    assert first.expires_at == asset.expires_at
