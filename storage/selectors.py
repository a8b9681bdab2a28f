"""Questions about assets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from storage.models import Asset


def list_assets(source_ids: Iterable[str], *, now: datetime | None = None) -> dict[str, list[Asset]]:
    """The living assets of each source, in their order; a source without any has an empty list. One query.

    An asset past its retention is not given out any more, whether or not its bytes are gone already.
    """
    found: dict[str, list[Asset]] = defaultdict(list, {source_id: [] for source_id in source_ids})
    living = Asset.objects.filter(source_id__in=list(found), expires_at__gt=now or timezone.now())
    for asset in living.order_by("source_id", "ordinal"):
        found[asset.source_id].append(asset)
    return dict(found)
