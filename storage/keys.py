"""Keys: the names of blobs. Pure; the same on a disk and in a bucket."""

from __future__ import annotations

import re

from storage.formats import EXTENSIONS

MAX_LENGTH = 300
"""Characters of a whole key; S3 allows 1,024 bytes, but a URL with the key should stay short."""

ARTIFACTS = "artifacts"
ASSETS = "assets"

_SEGMENT = r"[a-z0-9][a-z0-9_.-]{0,127}"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_PREFIX = re.compile(rf"(?:{_SEGMENT}/)+")
_ASSET_HASH = re.compile(rf"{ASSETS}/.*/[0-9]+-([0-9a-f]{{64}})\.[a-z]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class InvalidKey(ValueError):
    """The text is not a key. A programming error or an attack, never a client's mistake."""


def check_key(key: str) -> str:
    """Return `key`, or raise InvalidKey.

    A key is made of segments joined by `/`. A segment has 1..128 lower-case ASCII letters, digits, `_`, `.` or `-`
    and begins with a letter or digit: no `..`, no empty or hidden segment, no absolute path, no two keys that a
    case-insensitive file system would take for one.
    """
    if len(key) > MAX_LENGTH or not _KEY.fullmatch(key):
        raise InvalidKey(f"not a storage key: {key[:MAX_LENGTH]!r}")
    return key


def check_prefix(prefix: str) -> str:
    """Return `prefix`, or raise InvalidKey: whole segments, each followed by `/`, so that `a/b/` excludes `a/bc`."""
    if len(prefix) > MAX_LENGTH or not _PREFIX.fullmatch(prefix):
        raise InvalidKey(f"not a storage prefix: {prefix[:MAX_LENGTH]!r}")
    return prefix


def artifact_prefix(workspace_id: str, generation_id: str) -> str:
    """The prefix of all artifacts of one generation."""
    return _place(ARTIFACTS, workspace_id, generation_id)


def artifact_key(workspace_id: str, generation_id: str, fence: int, stage: str, index: int, sha256: str) -> str:
    """The key of one product of one stage, directly below the generation's prefix: each directory costs an fsync.

    With the fence, a worker that lost its lease and its successor write different keys. With the hash, so does a
    stage that runs twice under one fence, if its engine is not deterministic.
    """
    if fence < 0 or index < 0 or not _SHA256.fullmatch(sha256):
        raise InvalidKey(f"not an artifact: fence {fence}, index {index}, sha256 {sha256[:64]!r}")
    return check_key(f"{artifact_prefix(workspace_id, generation_id)}{fence}.{stage}.{index}.{sha256}")


def asset_key(workspace_id: str, generation_id: str, ordinal: int, sha256: str, format: str) -> str:
    """The key of a delivered image. It contains the SHA-256, so different images have different keys."""
    if ordinal < 0 or format not in EXTENSIONS or not _SHA256.fullmatch(sha256):
        raise InvalidKey(f"not an asset: ordinal {ordinal}, format {format!r}, sha256 {sha256[:64]!r}")
    return check_key(f"{asset_prefix(workspace_id, generation_id)}{ordinal}-{sha256}.{EXTENSIONS[format]}")


def asset_prefix(workspace_id: str, generation_id: str) -> str:
    """The prefix of all delivered images of one generation."""
    return _place(ASSETS, workspace_id, generation_id)


def content_hash(key: str) -> str | None:
    """The SHA-256 in an asset's key, None for other keys."""
    found = _ASSET_HASH.fullmatch(key)
    return found[1] if found else None


def _place(root: str, workspace_id: str, generation_id: str) -> str:
    """The common part of keys. An id must be one segment: with a `/` it could lead into another workspace's keys."""
    if "/" in workspace_id + generation_id:
        raise InvalidKey(f"not ids: {workspace_id[:64]!r}, {generation_id[:64]!r}")
    return check_prefix(f"{root}/{workspace_id}/{generation_id}/")
