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
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

SALT = "atelier.audit.heads"
BATCH = 1000


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
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            os.write(descriptor, text.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def read(self) -> Iterator[str]:
        if self._path.exists():
            with self._path.open() as file:
                yield from file


class HeadForged(Exception):
    """A published head has no valid signature, or contradicts another: the evidence was changed."""


_MOVED = """
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    chain, workspace_id, seq, encode(hash, 'hex')
FROM audit_chainhead WHERE seq <> published_seq AND seq > 0 ORDER BY id LIMIT %s
"""
_MARK = "UPDATE audit_chainhead SET published_seq = %s WHERE chain = %s AND workspace_id = %s AND seq >= %s"


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
            with transaction.atomic(), connection.cursor() as cursor:
                marks = [(head.seq, head.chain, head.workspace_id, head.seq) for head in heads]
                cursor.executemany(_MARK, sorted(marks, key=lambda mark: (mark[2], mark[1])))
        moved = len(heads)
        total += moved
    return total


def sign_head(head: Head) -> str:
    """The head as one line of JSON, with an HMAC-SHA256 under SECRET_KEY."""
    content = json.dumps(asdict(head), sort_keys=True)
    return json.dumps({"head": asdict(head), "mac": _mac(settings.SECRET_KEY, content)}, sort_keys=True)


def _mac(secret: str, content: str) -> str:
    return salted_hmac(SALT, content, secret=secret, algorithm="sha256").hexdigest()


def read_heads(store: HeadStore) -> dict[tuple[str, str], dict[int, Head]]:
    """All published heads by (chain, workspace) and `seq`. Raises `HeadForged`.

    A line without its end, which a crash has left, is ignored.
    """
    found: defaultdict[tuple[str, str], dict[int, Head]] = defaultdict(dict)
    for number, line in enumerate(store.read(), start=1):
        if not line.endswith("\n"):
            continue
        head = _checked(line, number)
        known = found[head.chain, head.workspace_id].setdefault(head.seq, head)
        if known.hash != head.hash:
            raise HeadForged(f"line {number}: two heads for {head.chain} of {head.workspace_id} at {head.seq}")
    return dict(found)


def _checked(line: str, number: int) -> Head:
    try:
        document = json.loads(line)
        head, mac = Head(**document["head"]), str(document["mac"])
    except (ValueError, KeyError, TypeError) as error:
        raise HeadForged(f"line {number} is not a head: {error!r}") from None
    content = json.dumps(asdict(head), sort_keys=True)
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(_mac(secret, content), mac) for secret in secrets):
        raise HeadForged(f"line {number} does not carry our signature")
    return head
