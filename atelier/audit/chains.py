"""Hash chains of rows: how a row is written as a line, and what a read-through of a chain finds. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

_LENGTHS = [b"%d:" % length for length in range(512)]
GENESIS = bytes(32)
"""What the first row of a chain names as the row before it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chained table: `columns` are SQL expressions of text in the order of the line, the workspace first to be found
    at `workspace_at`. Every column of the table is there, but for the three of the chain itself."""

    name: str
    table: str
    columns: tuple[str, ...]
    workspace_at: int = 1


class Link(NamedTuple):
    """A stored row: its place, both digests (32 bytes each), and its fields as UTF-8 (None is NULL)."""

    workspace_id: str
    seq: int
    prev_hash: bytes
    hash: bytes
    fields: list[bytes | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where: the row's place and primary key (empty when the row is gone)."""

    chain: str
    workspace_id: str
    seq: int
    row_id: str
    problem: str


def text_of(column: str) -> str:
    """The SQL of a column whose text form is the same everywhere."""
    return f"{column}::text"


def time_of(column: str) -> str:
    """The SQL of a time in UTC with microseconds."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def digest_of(prev_hash: bytes, seq: int, fields: Iterable[bytes | None]) -> bytes:
    """SHA-256 of the row before and of this row as netstrings, `:,` standing for NULL."""
    try:  # the usual row: this is what a verification does most
        line = b",".join([b":" if field is None else _LENGTHS[len(field)] + field for field in fields])
    except IndexError:
        line = b",".join([b":" if field is None else b"%d:%b" % (len(field), field) for field in fields])
    return hashlib.sha256(b"%b%d:%d,%b," % (prev_hash, len(str(seq)), seq, line)).digest()


def check_chain(chain: Chain, links: Iterable[Link]) -> Iterator[Finding]:
    """Read the rows in the order (workspace, place) and tell where the story breaks.

    A row whose digest does not fit its columns was edited; a place without a row was removed; a row that names
    another predecessor follows one that was rewritten together with its digest. What was cut off at the end leaves no
    trace here: the heads kept outside tell (`heads.py`).
    """
    workspace, expected, accepted = None, 1, {GENESIS}
    for link in links:
        if link.workspace_id != workspace:
            workspace, expected, accepted = link.workspace_id, 1, {GENESIS}
        if link.seq < expected:  # the rows come in order and no place is there twice: it is below 1
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
        # After an edited row either digest leads on: one edit is one finding.
        accepted, expected = {link.hash, computed}, link.seq + 1


def _gap(chain: Chain, link: Link, expected: int) -> Finding:
    last = f"..{link.seq - 1}" if link.seq - 1 > expected else ""
    return Finding(chain.name, link.workspace_id, expected, "", f"removed: place {expected}{last} has no row")


def _finding(chain: Chain, link: Link, problem: str) -> Finding:
    return Finding(chain.name, link.workspace_id, link.seq, (link.fields[0] or b"").decode(), problem)
