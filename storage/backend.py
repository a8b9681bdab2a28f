"""The configured storage backend."""

from __future__ import annotations

import os
from functools import lru_cache

from django.conf import settings

from storage.blobs import Blobs
from storage.local import LocalBlobs
from storage.location import LocalLocation, parse_location


def get_blobs() -> Blobs:
    """The backend of ATELIER_STORAGE_URL: one for each process, so that its threads share connections."""
    return _open(settings.ATELIER_STORAGE_URL, os.getpid())


@lru_cache(maxsize=4)
def _open(url: str, pid: int) -> Blobs:
    """Cached by process id: a forked child must not use its parent's sockets."""
    location = parse_location(url)
    if isinstance(location, LocalLocation):
        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return LocalBlobs(location.root, public_url=settings.ATELIER_PUBLIC_URL, secrets=secrets)
    # Imported here: boto3 costs time and memory, and a local disk does not need it.
    from storage.s3 import S3Blobs

    return S3Blobs(
        bucket=location.bucket,
        endpoint=location.endpoint,
        public_endpoint=location.public_endpoint,
        region=location.region,
        access_key=settings.AWS_ACCESS_KEY_ID,
        secret_key=settings.AWS_SECRET_ACCESS_KEY,
    )
