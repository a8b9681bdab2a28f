"""Assets: first the bytes of an image, outside any transaction; then its row, inside the caller's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from atelier.core.db.database import columns_of, from_row
from atelier.core.db.statements import Statement
from atelier.core.errors import AtelierError
from atelier.core.ids import new_id
from storage.backend import get_blobs
from storage.formats import CONTENT_TYPES
from storage.keys import asset_key, asset_prefix
from storage.models import Asset
from storage.retention import lifetime


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


_RECORD = Statement(f"""
INSERT INTO storage_asset (id, workspace_id, source_id, ordinal, key, sha256, size_bytes, width, height, format,
    created_at, expires_at)
SELECT id, %(workspace)s::text, %(source)s::text, ordinal, key, sha256, size_bytes, width, height, format,
    statement_timestamp(), statement_timestamp() + %(seconds)s::float8 * interval '1 second'
FROM jsonb_to_recordset(%(images)s::jsonb) AS image (id text, ordinal int, key text, sha256 text, size_bytes bigint,
    width int, height int, format text)
ON CONFLICT DO NOTHING RETURNING {", ".join(columns_of(Asset))}
""")  # noqa: S608  (column names of our own model)


def record_assets(
    *, workspace_id: str, source_id: str, images: Sequence[StoredImage], retention_days: int
) -> list[Asset]:
    """Write one asset an image, inside the caller's transaction; returns them in the order of `images`.

    Idempotent by (source, ordinal, key): recording the same images again returns the assets of the first time.
    Raises AssetConflict when an ordinal holds another picture, TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("assets are recorded inside the caller's transaction")
    new = [{"id": new_id("img"), **asdict(image)} for image in images]
    values = {
        "workspace": workspace_id,
        "source": source_id,
        "seconds": lifetime(retention_days).total_seconds(),
        "images": json.dumps(new),
    }
    recorded = [from_row(Asset, row) for row in _RECORD.run(values)]
    if len(recorded) < len(new):  # some were there before
        recorded = list(Asset.objects.filter(workspace_id=workspace_id, source_id=source_id))
    by_place = {asset.ordinal: asset for asset in recorded}
    if any(image.ordinal not in by_place or by_place[image.ordinal].key != image.key for image in images):
        raise AssetConflict()
    return [by_place[image.ordinal] for image in images]
