"""Reading chains from the database, and comparing them with the heads published outside the database."""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction

from atelier.audit.chains import Chain, Finding, Link, check_chain
from atelier.audit.heads import Head, HeadStore, read_heads


def read_links(chain: Chain) -> Iterator[Link]:
    """Every row of the chain in the order (workspace, seq), read by COPY in one snapshot."""
    fields = ", ".join(chain.columns)
    statement = (
        f"COPY (SELECT chain_seq, encode(prev_hash, 'hex'), encode(hash, 'hex'), {fields} FROM {chain.table}"  # noqa: S608
        " ORDER BY workspace_id, chain_seq) TO STDOUT"
    )
    at = chain.workspace_at
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            line = bytes(block)
            seq, before, digest, *raw = line[:-1].split(b"\t")
            if line.count(b"\\") == line.count(b"\t\\N"):  # no escapes: all backslashes are of NULL
                row = [None if field == _NULL else field for field in raw]
            else:
                row = [_unescape(field) for field in raw]
            workspace = row[at]
            name = "" if workspace is None else workspace.decode()
            yield Link(name, int(seq), unhexlify(before), unhexlify(digest), row)


_NULL = b"\\N"
_ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def _unescape(field: bytes) -> bytes | None:
    r"""A column of COPY's text form (PostgreSQL manual, COPY, Text Format): `\N` is NULL."""
    if field == _NULL:
        return None
    first, *rest = field.split(b"\\\\")
    parts = [_unescape_part(part) for part in (first, *rest)]
    return b"\\".join(parts)


def _unescape_part(part: bytes) -> bytes:
    plain, *escaped = part.split(b"\\")
    return plain + b"".join(_ESCAPES.get(piece[:1], piece[:1]) + piece[1:] for piece in escaped)


def verify_chains(chains: Iterable[Chain], store: HeadStore | None = None) -> tuple[list[Finding], dict[str, int]]:
    """Read every chain in one snapshot; the faults, and the number of rows of each chain.

    With `store`, the rows are also compared with every published head: that finds a chain that lost its last rows, or
    was rewritten from some row on.
    """
    findings: list[Finding] = []
    rows: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Heads before the first query, with which the snapshot begins: it then has every row of a published head.
        outside = read_heads(store) if store is not None else {}
        _add_own_heads(cursor, outside)
        for chain in chains:
            links = _HeadComparison(chain, read_links(chain), outside)
            findings += check_chain(chain, links)
            findings += links.faults()
            rows[chain.name] = links.count
    return findings, rows


def _add_own_heads(cursor: Any, known: dict[tuple[str, str], dict[int, Head]]) -> None:
    """Add the heads in the database: they show a removed last row even without published heads."""
    cursor.execute("SELECT '', chain, workspace_id, seq, encode(hash, 'hex') FROM audit_chainhead WHERE seq > 0")
    for row in cursor.fetchall():
        head = Head(*row)
        known.setdefault((head.chain, head.workspace_id), {}).setdefault(head.seq, head)


class _HeadComparison:
    """Iterates over `links` and compares them with the published heads on the way."""

    def __init__(self, chain: Chain, links: Iterator[Link], outside: dict[tuple[str, str], dict[int, Head]]) -> None:
        self._chain, self._links, self.count = chain, links, 0
        self._heads = {workspace: dict(heads) for (name, workspace), heads in outside.items() if name == chain.name}
        self._findings: list[Finding] = []

    def __iter__(self) -> Iterator[Link]:
        for link in self._links:
            self.count += 1
            heads = self._heads.get(link.workspace_id)
            head = heads.pop(link.seq, None) if heads else None
            if head is not None and head.hash != link.hash.hex():
                self._findings.append(self._finding(head, "rewritten: its digest is not that of the published head"))
            yield link

    def faults(self) -> list[Finding]:
        """The faults: digests that differ from a published head, and heads without a row."""
        cut = [
            self._finding(heads[max(heads)], f"cut off: place {max(heads)} was written and has no row")
            for heads in self._heads.values()
            if heads
        ]
        return [*self._findings, *cut]

    def _finding(self, head: Head, problem: str) -> Finding:
        return Finding(self._chain.name, head.workspace_id, head.seq, "", problem)


def describe_findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as JSON values."""
    return [
        {"chain": f.chain, "workspaceId": f.workspace_id, "place": f.seq, "rowId": f.row_id, "problem": f.problem}
        for f in findings
    ]
