"""Artifacts: what a stage leaves for the next one. Bytes only; which of them count is written by the caller."""

from __future__ import annotations

import hashlib

from storage.backend import get_blobs
from storage.keys import artifact_key, artifact_prefix


def put_artifact(*, workspace_id: str, generation_id: str, fence: int, stage: str, index: int, content: bytes) -> str:
    """Keep one product of one stage; the key under which `get_artifact` finds it.

    Durable on return and idempotent by content: other bytes get another key. Raises StorageUnavailable.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    key = artifact_key(workspace_id, generation_id, fence, stage, index, sha256)
    get_blobs().put(key, content, "application/octet-stream")
    return key


def get_artifact(key: str) -> bytes:
    """Raises BlobMissing, StorageUnavailable."""
    return get_blobs().get(key)


def delete_artifact(key: str) -> None:
    """Forget one product of a stage, such as one whose bytes were damaged. Fine to repeat."""
    get_blobs().delete(key)


def delete_artifacts(*, workspace_id: str, generation_id: str) -> int:
    """Forget every artifact of a generation, of every fence; how many. Never touches an asset. Fine to repeat."""
    return get_blobs().delete_prefix(artifact_prefix(workspace_id, generation_id))
