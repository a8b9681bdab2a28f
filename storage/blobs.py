"""The one interface to stored bytes, its errors, and the backend that this installation uses."""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import lru_cache
from typing import Protocol

from django.conf import settings

from atelier.core.errors import AtelierError
from storage.location import LocalLocation, parse_location


class BlobMissing(AtelierError):
    """Nothing is kept under this key."""

    code = "file_not_found"
    status = 404
    title = "There is no such file"


class BlobConflict(AtelierError):
    """Other bytes are kept under this key already: a blob never changes."""

    code = "file_conflict"
    status = 409
    title = "Another file is kept under this name"


class StorageUnavailable(AtelierError):
    """The backend cannot do it now: full disk, 5xx, timeout, refused connection. Trying again later is sensible."""

    code = "storage_unavailable"
    status = 503
    title = "The storage cannot be reached at the moment"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"Retry-After": "2"})


class Blobs(Protocol):
    """Bytes by key. Every call may raise StorageUnavailable, and InvalidKey for a key that is none.

    Safe to use from several threads. A key holds the same bytes from its first `put` until its `delete`.
    """

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keep `content`; durable on return, never half-written. The same bytes again are fine.

        Raises BlobConflict when the key holds other bytes.
        """
        ...

    def get(self, key: str) -> bytes:
        """The whole content. Raises BlobMissing."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Forget the key; fine when nothing is kept under it."""
        ...

    def delete_prefix(self, prefix: str, keep: Collection[str] = ()) -> int:
        """Forget every key below `prefix` (ends in `/`) that is not in `keep`; how many there were."""
        ...

    def link(self, key: str, *, expires_in: int, filename: str, content_type: str) -> str:
        """An absolute URL that answers GET with the bytes for `expires_in` seconds (1..604,800), to anyone.

        Made without asking the backend, so it may point at nothing. Raises ValueError for a file name or content
        type that could not stand in a header as it is.
        """
        ...


def get_blobs() -> Blobs:
    """The backend that ATELIER_STORAGE_URL names: one a process, so that connections are shared by its threads."""
    return _open(settings.ATELIER_STORAGE_URL, os.getpid())


@lru_cache(maxsize=4)
def _open(url: str, pid: int) -> Blobs:
    """The process id is part of the cache's key: a forked child must not write into its parent's sockets."""
    location = parse_location(url)
    if isinstance(location, LocalLocation):
        from storage.local import LocalBlobs

        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return LocalBlobs(location.root, public_url=settings.ATELIER_PUBLIC_URL, secrets=secrets)
    # Imported here: boto3 costs time and memory that an installation on a local disk need not pay.
    from storage.s3 import S3Blobs

    return S3Blobs(
        bucket=location.bucket,
        endpoint=location.endpoint,
        public_endpoint=location.public_endpoint,
        region=location.region,
        access_key=settings.AWS_ACCESS_KEY_ID,
        secret_key=settings.AWS_SECRET_ACCESS_KEY,
    )
