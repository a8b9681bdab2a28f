"""Hash chains of rows: the digest of a row, and the check of a chain. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

_LENGTHS = [b"%d:" % length for length in range(512)]
GENESIS = bytes(32)
"""`prev_hash` of the first row of a chain."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chained table. `columns` are SQL expressions of type text, in the order in which they are hashed: all columns
    but the three of the chain itself. `workspace_at` is the position of the workspace's id among them."""

    name: str
    table: str
    columns: tuple[str, ...]
    workspace_at: int = 1


class Link(NamedTuple):
    """A stored row: workspace, `seq`, both digests (32 bytes each), and its columns as UTF-8 (None is NULL)."""

    workspace_id: str
    seq: int
    prev_hash: bytes
    hash: bytes
    fields: list[bytes | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of a chain, with `seq` and primary key of the row (an empty key if the row is missing)."""

    chain: str
    workspace_id: str
    seq: int
    row_id: str
    problem: str


def text_of(column: str) -> str:
    """The SQL expression of a column whose cast to text depends on no setting."""
    return f"{column}::text"


def time_of(column: str) -> str:
    """The SQL expression of a time, as ISO 8601 in UTC with microseconds."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def digest_of(prev_hash: bytes, seq: int, fields: Iterable[bytes | None]) -> bytes:
    """SHA-256 of `prev_hash`, `seq` and the fields, each as a netstring; NULL is `:,`."""
    try:  # fast path for the usual row: it dominates the time of a verification
        line = b",".join([b":" if field is None else _LENGTHS[len(field)] + field for field in fields])
    except IndexError:
        line = b",".join([b":" if field is None else b"%d:%b" % (len(field), field) for field in fields])
    return hashlib.sha256(b"%b%d:%d,%b," % (prev_hash, len(str(seq)), seq, line)).digest()


def check_chain(chain: Chain, links: Iterable[Link]) -> Iterator[Finding]:
    """The faults of a chain; `links` are in the order (workspace, seq).

    A wrong digest means that the row was edited; a missing `seq` that a row was removed; a wrong `prev_hash` that the
    row before was rewritten together with its digest. Rows removed from the end are not found here, but by comparison
    with the published heads (`heads.py`).
    """
    workspace, expected, accepted = None, 1, {GENESIS}
    for link in links:
        if link.workspace_id != workspace:
            workspace, expected, accepted = link.workspace_id, 1, {GENESIS}
        if link.seq < expected:  # rows are ordered and `seq` is unique: it must be below 1
            yield _finding(chain, link, "edited: it stands before the first place")
            continue
        if link.seq > expected:
            yield _gap(chain, link, expected)
            accepted = {link.prev_hash}
        computed = digest_of(link.prev_hash, link.seq, link.fields)
        if computed != link.hash:
            yield _finding(chain, link, "edited: its digest does not fit its columns")
        elif link.prev_hash not in accepted:
            yield _finding(chain, link, "does not follow the row before it, which was rewritten")
        # After an edited row the next may refer to either digest: one edit gives one finding.
        accepted, expected = {link.hash, computed}, link.seq + 1


def _gap(chain: Chain, link: Link, expected: int) -> Finding:
    last = f"..{link.seq - 1}" if link.seq - 1 > expected else ""
    return Finding(chain.name, link.workspace_id, expected, "", f"removed: place {expected}{last} has no row")


def _finding(chain: Chain, link: Link, problem: str) -> Finding:
    return Finding(chain.name, link.workspace_id, link.seq, (link.fields[0] or b"").decode(), problem)
