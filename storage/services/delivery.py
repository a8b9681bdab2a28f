"""Delivery: links that lead to an asset, and what a link of the local backend leads to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from django.conf import settings

from atelier.core.errors import AtelierError, NotFound
from storage.backend import get_blobs
from storage.keys import content_hash
from storage.links import Claim
from storage.local import LocalBlobs
from storage.models import Asset
from storage.retention import link_seconds

LINK_WINDOW = 300
"""Seconds for which the link to a picture stays the same. A new link is good for 600 to 900 s."""


class AssetExpired(AtelierError):
    code = "asset_expired"
    status = 410
    title = "The retention of this image has ended"


@dataclass(frozen=True, slots=True)
class SignedLink:
    """A URL that works for anyone until `expires_at` (aware, UTC)."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """What a link leads to. `stream` is a seekable file, which the caller closes; sha256 is None where unknown."""

    claim: Claim
    stream: BinaryIO
    sha256: str | None


def link_asset(asset: Asset) -> SignedLink:
    """A link of at most ATELIER_LINK_SECONDS, shorter where the asset itself ends earlier. Raises AssetExpired.

    It begins with the window of LINK_WINDOW seconds that it is asked for in: everybody who asks within the window gets
    the same URL, so that browsers and caches know the picture again.
    """
    now = int(time.time())
    since = datetime.fromtimestamp(now - now % LINK_WINDOW, UTC)
    seconds = link_seconds(since, asset.expires_at, settings.ATELIER_LINK_SECONDS)
    if since.timestamp() + seconds <= now:
        raise AssetExpired()
    url = get_blobs().link(
        asset.key, since=since, expires_in=seconds, filename=asset.filename, content_type=asset.content_type
    )
    return SignedLink(url, since + timedelta(seconds=seconds))


def open_link(token: str) -> LinkedFile:
    """What a link of the local backend leads to. Raises LinkInvalid, LinkExpired, BlobMissing.

    NotFound where the bytes are in S3: links lead there directly.
    """
    blobs = get_blobs()
    if not isinstance(blobs, LocalBlobs):
        raise NotFound()
    claim = blobs.verify(token, now=time.time())
    return LinkedFile(claim, blobs.open(claim.key), content_hash(claim.key))
