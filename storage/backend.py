"""The storage backend that this installation uses."""

from __future__ import annotations

import os
from functools import lru_cache

from django.conf import settings

from storage.blobs import Blobs
from storage.local import LocalBlobs
from storage.location import LocalLocation, parse_location


def get_blobs() -> Blobs:
    """The backend that ATELIER_STORAGE_URL names: one a process, so that connections are shared by its threads."""
    return _open(settings.ATELIER_STORAGE_URL, os.getpid())


@lru_cache(maxsize=4)
def _open(url: str, pid: int) -> Blobs:
    """The process id is part of the cache's key: a forked child must not write into its parent's sockets."""
    location = parse_location(url)
    if isinstance(location, LocalLocation):
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
