"""The heads of the chains, written where the database's administrator cannot change them, signed, only ever added."""

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
    """The last row of a chain at a time (`at`, ISO 8601 in UTC); `hash` in hexadecimal."""

    at: str
    chain: str
    workspace_id: str
    seq: int
    hash: str


class HeadStore(Protocol):
    """Keeps text outside the database. What is kept is never changed."""

    def append(self, text: str) -> None:
        """Durable on return; whole lines."""
        ...

    def read(self) -> Iterator[str]:
        """All lines, oldest first."""
        ...


class HeadFile:
    """An append-only file. On a disk that the database's administrator cannot write to; `chattr +a` makes it so."""

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
    """A line of the outside heads does not carry our signature: the evidence itself was touched."""


_MOVED = """
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    chain, workspace_id, seq, encode(hash, 'hex')
FROM audit_chainhead WHERE seq <> published_seq AND seq > 0 ORDER BY id LIMIT %s
"""
_MARK = "UPDATE audit_chainhead SET published_seq = %s WHERE chain = %s AND workspace_id = %s AND seq >= %s"


def publish_heads(store: HeadStore) -> int:
    """Write every head that moved since it was last written; how many. Twice is harmless: a head may stand there twice.

    Outside first, then the mark: a crash in between writes the same heads again.
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
    """One line of JSON with an HMAC-SHA256 under the installation's secret."""
    content = json.dumps(asdict(head), sort_keys=True)
    return json.dumps({"head": asdict(head), "mac": _mac(settings.SECRET_KEY, content)}, sort_keys=True)


def _mac(secret: str, content: str) -> str:
    return salted_hmac(SALT, content, secret=secret, algorithm="sha256").hexdigest()


def read_heads(store: HeadStore) -> dict[tuple[str, str], dict[int, Head]]:
    """All heads outside by (chain, workspace) and place. Raises `HeadForged`.

    A line that a crash cut off at the end of a file is no head yet and is passed over.
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
