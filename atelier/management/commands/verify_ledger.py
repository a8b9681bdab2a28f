"""manage.py verify_ledger: read every ledger and audit row and tell which one was edited, removed or cut off."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from atelier.core.db.tenancy import across
from atelier.evidence import verify_ledger
from billing.services.checks import report_check


class Command(BaseCommand):
    help = (
        "Recompute the chains of the ledger and of the audit trail, hold them against the heads kept outside the "
        "database, and recompute every balance. Reads only: run it as the auditor's role where you can."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="The result as JSON.")
        parser.add_argument(
            "--report",
            action="store_true",
            help="Keep the result: admission stops while anything is wrong, and goes on when nothing is.",
        )

    @across("command")
    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        result = verify_ledger()
        seconds, rows = time.monotonic() - begun, sum(result["rows"].values())
        wrong = bool(result["findings"] or result["differences"])
        if options["report"]:
            report_check("verify", {k: result[k][:20] if k == "findings" else result[k] for k in _wrong_parts(result)})
        if options["json"]:
            self.stdout.write(json.dumps(result | {"seconds": round(seconds, 3)}, indent=1))
        else:
            self._tell(result)
            self.stdout.write(f"{rows:,} rows in {seconds:.1f} s: {'WRONG' if wrong else 'nothing is wrong'}.")
        if wrong:
            raise CommandError("The books were changed. Keep this output, and compare with a backup.", returncode=3)

    def _tell(self, result: dict[str, Any]) -> None:
        for one in result["findings"]:
            where = f"{one['chain']} of {one['workspaceId'] or 'no workspace'}, place {one['place']}"
            self.stdout.write(f"{where}, row {one['rowId'] or '-'}: {one['problem']}")
        for name, count in result["differences"].items():
            self.stdout.write(f"{name}: {count}")
        if result["torn"]:
            lines = ", ".join(map(str, result["torn"]))
            self.stdout.write(f"Lines of the heads outside that were not written to their end (a full disk?): {lines}")


def _wrong_parts(result: dict[str, Any]) -> list[str]:
    return [name for name in ("findings", "differences") if result[name]]
