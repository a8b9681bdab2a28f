"""The evidence of the books: which chains there are, where their heads are kept, and the full verification."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from atelier.audit.entries import ENTRIES
from atelier.audit.evidence import describe_findings, verify_chains
from atelier.audit.heads import HeadFile, HeadForged, HeadStore, begin_anew, list_torn
from atelier.audit.services import record
from billing.chains import HOLDS, OUTCOMES, TRANSFERS
from billing.selectors import list_broken_runs, list_differences
from billing.services.checks import claim_check, report_check
from storage.backend import get_blobs
from storage.blobs import BlobConflict, Blobs

CHAINS = (TRANSFERS, HOLDS, OUTCOMES, ENTRIES)
NIGHTLY_SECONDS = 86_400


class HeadBlobs:
    """Heads in the storage of the pictures: numbered objects, which the storage never lets change."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def append(self, text: str) -> None:
        number = self._last() + 1
        while True:
            try:
                return self._blobs.put(_key(number), text.encode(), "application/jsonl")
            except BlobConflict:  # another scheduler wrote in this moment
                number += 1

    def read(self) -> Iterator[str]:
        for number in range(1, self._last() + 1):
            yield from self._blobs.get(_key(number)).decode().splitlines(keepends=True)

    def _last(self) -> int:
        """The highest number that is kept: they have no gaps."""
        high = 1
        while self._blobs.exists(_key(high)):
            high *= 2
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._blobs.exists(_key(middle)) else (low, middle)
        return low


def _key(number: int) -> str:
    return f"ledger/heads/{number:09d}.jsonl"


def head_store() -> HeadStore:
    """Where ATELIER_LEDGER_HEADS says that the heads are kept."""
    if settings.ATELIER_LEDGER_HEADS:
        return HeadFile(Path(settings.ATELIER_LEDGER_HEADS))
    return HeadBlobs(get_blobs())


def verify_ledger() -> dict[str, Any]:
    """Read everything and compare: `rows` by chain, `findings` with place and row, `differences` of the balances.

    `torn` are the numbers of lines outside that were not written to their end: a full disk or a kill, no finding.
    """
    try:
        broken, rows = verify_chains(CHAINS, head_store())
        findings = describe_findings(broken)
    except HeadForged as error:
        broken, rows = verify_chains(CHAINS)
        findings = [{"chain": "heads", "workspaceId": "", "place": 0, "rowId": "", "problem": str(error)}]
        findings += describe_findings(broken)
    if not findings:  # a row that was edited breaks the runs behind it too; one cause is one finding
        findings = [_broken(*place) for place in list_broken_runs()]
    differences = {name: count for name, count in list_differences().items() if count}
    return {"rows": rows, "findings": findings, "differences": differences, "torn": list_torn(head_store())}


class BooksWrong(Exception):
    """The books contradict themselves, whatever was written outside; the message names the first findings."""


def accept_restore(*, actor: str, reason: str) -> int:
    """Take the books as they stand for the true ones, after a restore of an older backup; how many heads there are.

    What was written outside after that backup is void from now on; admission goes on. Raises `BooksWrong` when the
    chains or the balances are not sound in themselves: then it was no restore.
    """
    findings, _ = verify_chains(CHAINS)
    wrong = [f"{one['chain']} {one['place']}: {one['problem']}" for one in describe_findings(findings)]
    wrong += [f"{name}: {count}" for name, count in list_differences().items() if count]
    if wrong:
        raise BooksWrong("; ".join(wrong[:5]))
    record(workspace_id=None, actor=actor, action="ledger.restore_accepted", subject="ledger", facts={"reason": reason})
    heads = begin_anew(head_store(), reason)
    report_check("verify", {})
    return heads


def _broken(workspace_id: str, place: int, row_id: str) -> dict[str, Any]:
    problem = "its running balance does not follow from the entry before"
    return {"chain": "transfer", "workspaceId": workspace_id, "place": place, "rowId": row_id, "problem": problem}


def verify_nightly() -> bool:
    """Once a day, by one of all schedulers: verify, and stop admission while anything is wrong. True when it ran."""
    if not claim_check("verify", NIGHTLY_SECONDS):
        return False
    result = verify_ledger()
    wrong = {"findings": result["findings"][:20]} if result["findings"] else {}
    report_check("verify", wrong | result["differences"])
    return True
