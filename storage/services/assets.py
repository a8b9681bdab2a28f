"""Assets: first the bytes of an image, outside any transaction; then its row, inside the caller's."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from atelier.core.database import database_now
from atelier.core.errors import AtelierError
from storage.blobs import get_blobs
from storage.formats import CONTENT_TYPES
from storage.keys import asset_key, asset_prefix
from storage.models import Asset
from storage.retention import expiry


class AssetConflict(AtelierError):
    """A source delivered another picture under an ordinal that is taken."""

    code = "asset_conflict"
    status = 409
    title = "Another image is recorded in this place"


@dataclass(frozen=True, slots=True)
class StoredImage:
    """Bytes that are kept but not recorded yet. Sides in pixels, size in bytes."""

    ordinal: int
    key: str
    sha256: str
    size_bytes: int
    width: int
    height: int
    format: str


def store_image(
    *, workspace_id: str, source_id: str, ordinal: int, content: bytes, format: str, width: int, height: int
) -> StoredImage:
    """Keep the bytes of image `ordinal` (0-based) of a source. No database.

    Idempotent by content: the key carries the hash. Raises StorageUnavailable.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    key = asset_key(workspace_id, source_id, ordinal, sha256, format)
    get_blobs().put(key, content, CONTENT_TYPES[format])
    return StoredImage(ordinal, key, sha256, len(content), width, height, format)


def delete_unrecorded(*, workspace_id: str, source_id: str) -> int:
    """Forget the images of a source that no asset names; how many. Only for a source that records nothing more."""
    recorded = Asset.objects.filter(workspace_id=workspace_id, source_id=source_id).values_list("key", flat=True)
    return get_blobs().delete_prefix(asset_prefix(workspace_id, source_id), keep=set(recorded))


def record_assets(
    *, workspace_id: str, source_id: str, images: Sequence[StoredImage], retention_days: int
) -> list[Asset]:
    """Write one asset an image, inside the caller's transaction; returns them in the order of `images`.

    Idempotent by (source, ordinal, key): recording the same images again returns the assets of the first time.
    Raises AssetConflict when an ordinal holds another picture, TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("assets are recorded inside the caller's transaction")
    now = database_now()
    place = {"workspace_id": workspace_id, "source_id": source_id}
    times = {"created_at": now, "expires_at": expiry(now, retention_days)}
    new = [Asset(**place, **asdict(image), **times) for image in images]
    Asset.objects.bulk_create(new, ignore_conflicts=True)
    recorded = {asset.ordinal: asset for asset in Asset.objects.filter(**place)}
    if any(image.ordinal not in recorded or recorded[image.ordinal].key != image.key for image in images):
        raise AssetConflict()
    return [recorded[image.ordinal] for image in images]
