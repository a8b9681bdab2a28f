"""Bytes on a local disk: durable, immutable, never half-written.

A put writes a temporary file, syncs it and links it to its final name. `link` fails when the name exists, so of two
writers exactly one wins, in one process or in many, and a reader sees the whole file or none.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from storage import links
from storage.blobs import BlobConflict, BlobMissing, StorageUnavailable
from storage.keys import check_key, check_prefix

TEMPORARY = ".tmp"
"""No key begins with a dot, so this directory cannot meet one."""

ABANDONED_SECONDS = 3600
"""A temporary file of this age belongs to a writer that was killed; no put lasts so long."""

PRUNED_AT_MOST = 1000
"""Tries of a put whose directory vanishes under it; a neighbour that deletes without a pause wins a few."""

_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class LocalBlobs:
    """`Blobs` below the directory `root`, which must allow hard links.

    `secrets` sign the links: the first signs, all of them verify. Without secrets `link` and `verify` refuse to work.
    """

    def __init__(self, root: Path, *, public_url: str = "http://127.0.0.1:8000", secrets: Sequence[str] = ()) -> None:
        self.root = Path(root)
        self._public_url = public_url.rstrip("/")
        self._link_keys = tuple(links.derive_key(secret) for secret in secrets)
        with _unavailable():
            self.root.mkdir(mode=0o750, parents=True, exist_ok=True)
            (self.root / TEMPORARY).mkdir(mode=0o750, exist_ok=True)
            self._sweep_abandoned()

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """The content type is not kept: a link carries it."""
        path = self._path(key)
        with _unavailable():
            if path.exists():
                return _check_same(path, content)
            with self._written(content) as temporary:
                _publish(temporary, path, content)

    def get(self, key: str) -> bytes:
        with self.open(key) as stream, _unavailable():
            return stream.read()

    def open(self, key: str) -> BinaryIO:
        """The content as a seekable stream, which the caller closes. Raises BlobMissing."""
        path = self._path(key)
        with _unavailable():
            try:
                return path.open("rb")
            except _ABSENT as error:
                raise BlobMissing() from error

    def exists(self, key: str) -> bool:
        path = self._path(key)
        with _unavailable():
            return path.is_file()

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _unavailable():
            with contextlib.suppress(*_ABSENT):
                path.unlink()
            self._prune(path.parent)

    def delete_prefix(self, prefix: str, keep: Collection[str] = ()) -> int:
        top, kept = self.root / check_prefix(prefix), {self._path(key) for key in keep}
        deleted = 0
        with _unavailable():
            for directory, _, names in os.walk(top, topdown=False):
                for name in names:
                    if Path(directory, name) in kept:
                        continue
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(os.path.join(directory, name))
                        deleted += 1
                self._prune(Path(directory))
        return deleted

    def link(
        self, key: str, *, expires_in: int, filename: str, content_type: str, since: datetime | None = None
    ) -> str:
        expires_at = int(since.timestamp() if since else time.time()) + links.check_seconds(expires_in)
        claim = links.Claim("GET", key, expires_at, filename, content_type)
        return f"{self._public_url}{links.PATH}{links.sign(claim, self._keys()[0])}"

    def verify(self, token: str, *, now: float) -> links.Claim:
        """What a link made here allows at `now` (seconds since 1970). Raises LinkInvalid or LinkExpired."""
        return links.verify(token, method="GET", keys=self._keys(), now=now)

    def _keys(self) -> tuple[bytes, ...]:
        if not self._link_keys:
            raise ValueError("links need a secret: LocalBlobs(root, secrets=[...])")
        return self._link_keys

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    @contextlib.contextmanager
    def _written(self, content: bytes) -> Iterator[Path]:
        """A synced temporary file with `content`, gone when the block ends."""
        temporary = self.root / TEMPORARY / uuid.uuid4().hex
        try:
            with open(temporary, "xb", opener=_create) as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _prune(self, directory: Path) -> None:
        """Remove `directory` and its parents as far as they are empty."""
        while directory != self.root and self.root in directory.parents:
            try:
                directory.rmdir()
            except FileNotFoundError:
                pass
            except OSError:
                return
            directory = directory.parent

    def _sweep_abandoned(self) -> None:
        oldest = time.time() - ABANDONED_SECONDS
        for entry in os.scandir(self.root / TEMPORARY):
            with contextlib.suppress(FileNotFoundError):
                if entry.stat().st_mtime < oldest:
                    os.unlink(entry.path)


def _publish(temporary: Path, path: Path, content: bytes) -> None:
    """Give the written file its name, for good."""
    for _ in range(PRUNED_AT_MOST):
        absent = [directory for directory in (path.parent, *path.parent.parents) if not directory.exists()]
        try:
            for directory in reversed(absent):
                directory.mkdir(mode=0o750, exist_ok=True)
            os.link(temporary, path)
        except FileExistsError:
            return _check_same(path, content)
        except FileNotFoundError:
            continue  # a neighbour pruned the directory, empty as it was, between the two lines above
        for directory in (path.parent, *(directory.parent for directory in absent)):
            _sync_directory(directory)
        return None
    raise StorageUnavailable("The directory of the file was removed again and again.")


def _check_same(path: Path, content: bytes) -> None:
    """Fine for equal bytes; their name is synced again, for its writer may have died before it came to that."""
    if path.read_bytes() != content:
        raise BlobConflict()
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    """Make a new name in `directory` survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: str, flags: int) -> int:
    return os.open(path, flags, 0o640)


@contextlib.contextmanager
def _unavailable() -> Iterator[None]:
    """What the disk refuses (full, read-only, over quota, broken) is the storage's state, not the caller's mistake."""
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(f"The disk refused: {os.strerror(error.errno or 0)}.") from error
