"""manage.py accept_restore: the books as restored from an older backup are the ones that count from now on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from atelier.core.db.tenancy import across
from atelier.evidence import BooksWrong, accept_restore


class Command(BaseCommand):
    help = (
        "After a restore of an older backup: check that the books are sound in themselves, take their heads as the new "
        "beginning of what is kept outside the database, and let admission go on. Leaves an audit entry."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="Which backup, and why: it stands in the audit trail.")
        parser.add_argument("--by", required=True, help="Who decides this.")

    @across("command")
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            heads = accept_restore(actor=f"command:{options['by']}"[:60], reason=options["reason"])
        except BooksWrong as error:
            raise CommandError(f"The books are not sound in themselves: {error}", returncode=3) from error
        self.stdout.write(f"Accepted: {heads} heads are the new beginning. Nothing is wrong.")
