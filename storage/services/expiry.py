"""Assets whose retention has ended: their bytes go, then their rows."""

from __future__ import annotations

from datetime import timedelta

from atelier.core.db.database import Now
from storage.backend import get_blobs
from storage.models import Asset

BATCH = 200
GRACE = timedelta(hours=1)
"""Downloads that began in the last moment come to their end."""


def delete_expired() -> int:
    """Forget up to 200 assets that ended an hour ago or earlier, the oldest first; how many.

    Bytes first: a crash leaves rows whose files are gone, and the next round finds them again. Any number may run at
    once. Raises StorageUnavailable; what was deleted before stays deleted.
    """
    ended = Asset.objects.filter(expires_at__lt=Now() - GRACE).order_by("expires_at").values_list("id", "key")
    gone: list[str] = []
    try:
        for asset_id, key in ended[:BATCH]:
            get_blobs().delete(key)
            gone.append(asset_id)
    finally:
        Asset.objects.filter(id__in=gone).delete()
    return len(gone)
