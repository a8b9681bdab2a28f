"""Publishing the heads of the chains: signed, append-only, where a database administrator cannot change them."""

from __future__ import annotations

import hmac
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

SALT = "atelier.audit.heads"
BATCH = 1000
_BEGINS = '{"head": {"at": "'


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of a chain at the time `at` (ISO 8601 in UTC); `hash` in hexadecimal."""

    at: str
    chain: str
    workspace_id: str
    seq: int
    hash: str


class HeadStore(Protocol):
    """Append-only text outside the database."""

    def append(self, text: str) -> None:
        """Append whole lines; durable on return."""
        ...

    def read(self) -> Iterator[str]:
        """All lines, oldest first."""
        ...


class HeadFile:
    """An append-only file (`chattr +a` enforces that), on a disk that a database administrator cannot write to."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, text: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            rest = memoryview((_new_line(descriptor) + text).encode())
            while rest:  # a disk that fills up takes a part, and refuses the next one
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def read(self) -> Iterator[str]:
        if self._path.exists():
            with self._path.open() as file:
                yield from file


def _new_line(descriptor: int) -> str:
    """A newline if a full disk or a crash has truncated the last line, so that the next line is separate; else ""."""
    size = os.fstat(descriptor).st_size
    return "\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else ""


class HeadForged(Exception):
    """A published head has no valid signature, or contradicts another: the evidence was changed."""


_ALL = """
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    chain, workspace_id, seq, encode(hash, 'hex')
FROM audit_chainhead WHERE seq > 0
"""
_MOVED = _ALL + "AND seq <> published_seq ORDER BY id LIMIT %s"
# Heads that a submission has locked are skipped and published again in the next round: marking waits for no lock, so it
# cannot be part of a deadlock, whatever the order in which a submission locks its heads.
_MARK = """
WITH marks AS (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS mark (chain, workspace_id, seq)
), free AS (
    SELECT head.id, marks.seq FROM audit_chainhead AS head JOIN marks USING (chain, workspace_id)
    WHERE head.seq >= marks.seq FOR UPDATE OF head SKIP LOCKED
)
UPDATE audit_chainhead AS head SET published_seq = free.seq FROM free WHERE head.id = free.id
"""


def publish_heads(store: HeadStore) -> int:
    """Publish every head that changed since it was last published; returns how many. A head may be published twice.

    It is appended before it is marked as published: after a crash in between the same heads are appended again.
    """
    total, moved = 0, BATCH
    while moved == BATCH:
        with connection.cursor() as cursor:
            cursor.execute(_MOVED, [BATCH])
            heads = [Head(*row) for row in cursor.fetchall()]
        if heads:
            store.append("".join(sign_head(head) + "\n" for head in heads))
        moved = _mark(heads)
        total += len(heads)
    return total


def _mark(heads: list[Head]) -> int:
    """Mark heads as published, except locked ones; returns how many."""
    columns = [[head.chain for head in heads], [head.workspace_id for head in heads], [head.seq for head in heads]]
    with connection.cursor() as cursor:
        cursor.execute(_MARK, columns)
        return cursor.rowcount


def begin_anew(store: HeadStore, reason: str) -> int:
    """After a restore of the database: declare all published heads void and publish the current ones.

    Returns how many were published. The caller must have verified the chains.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
        heads = [Head(*row) for row in cursor.fetchall()]
    restored = json.dumps({"reason": reason}, sort_keys=True)
    line = json.dumps({"mac": _mac(settings.SECRET_KEY, restored), "restored": {"reason": reason}}, sort_keys=True)
    store.append("".join(text + "\n" for text in (line, *map(sign_head, heads))))
    _mark(heads)
    return len(heads)


def sign_head(head: Head) -> str:
    """The head as one line of JSON, with an HMAC-SHA256 under SECRET_KEY."""
    content = json.dumps(asdict(head), sort_keys=True)
    return json.dumps({"head": asdict(head), "mac": _mac(settings.SECRET_KEY, content)}, sort_keys=True)


def _mac(secret: str, content: str) -> str:
    return salted_hmac(SALT, content, secret=secret, algorithm="sha256").hexdigest()


def read_heads(store: HeadStore) -> dict[tuple[str, str], dict[int, Head]]:
    """All published heads by (chain, workspace) and `seq`. Raises `HeadForged`.

    A line that a full disk or a crash has truncated is ignored: its heads were not marked as published, so
    they, or later ones of their chains, were published again. `list_torn` names such lines.
    """
    found: defaultdict[tuple[str, str], dict[int, Head]] = defaultdict(dict)
    for number, line in enumerate(store.read(), start=1):
        if _is_torn(line):
            continue
        head = _checked(line, number)
        if head is None:  # the database was restored from a backup: what was written after that is void
            found.clear()
            continue
        known = found[head.chain, head.workspace_id].setdefault(head.seq, head)
        if known.hash != head.hash:
            raise HeadForged(f"line {number}: two heads for {head.chain} of {head.workspace_id} at {head.seq}")
    return dict(found)


def list_torn(store: HeadStore) -> list[int]:
    """Numbers (from 1) of the lines that were not written to their end."""
    return [number for number, line in enumerate(store.read(), start=1) if _is_torn(line)]


def _is_torn(line: str) -> bool:
    """The beginning of a line of ours, and no more: not JSON yet. Anything else that is no head was forged."""
    text = line.rstrip("\n")
    if not (_BEGINS.startswith(text) or text.startswith(_BEGINS)):
        return False
    try:
        json.loads(text)
    except ValueError:
        return True
    return not line.endswith("\n")


def _checked(line: str, number: int) -> Head | None:
    """The head of a line; None for the line of `begin_anew`. Raises `HeadForged`."""
    try:
        document = json.loads(line)
        head, mac = None if "restored" in document else Head(**document["head"]), str(document["mac"])
        content = json.dumps(document["restored"] if head is None else asdict(head), sort_keys=True)
    except (ValueError, KeyError, TypeError) as error:
        raise HeadForged(f"line {number} is not a head: {error!r}") from None
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(_mac(secret, content), mac) for secret in secrets):
        raise HeadForged(f"line {number} does not carry our signature")
    return head
