"""The interface of storage backends, and its errors."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from atelier.core.errors import AtelierError


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
    """Stores bytes by key. Every call may raise StorageUnavailable, and InvalidKey for a malformed key.

    Thread-safe. A key has the same bytes from its first `put` until its `delete`.
    """

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store `content`: atomic, durable on return, and idempotent for the same bytes.

        Raises BlobConflict if the key has other bytes.
        """
        ...

    def get(self, key: str) -> bytes:
        """The whole content. Raises BlobMissing."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Delete the key, if it exists."""
        ...

    def delete_prefix(self, prefix: str, keep: Collection[str] = ()) -> int:
        """Delete every key below `prefix` (ends in `/`) that is not in `keep`; returns how many."""
        ...

    def link(
        self, key: str, *, expires_in: int, filename: str, content_type: str, since: datetime | None = None
    ) -> str:
        """An absolute URL that answers GET with the bytes for `expires_in` seconds (1..604,800), to anyone.

        The seconds count from `since` (aware, not later than now), else from now. The same arguments give the same URL.

        Made without a request to the backend: the key need not exist. Raises ValueError for a file name or content
        type that could not stand in a header as it is.
        """
        ...
