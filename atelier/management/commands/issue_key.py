"""manage.py issue_key: a workspace with credits and a new API key, for trials and tests."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from atelier.accounts.services import create_api_key, create_workspace
from atelier.accounts.tiers import DEFAULTS
from atelier.core.tenancy import across
from billing.services.grants import grant_credits


class Command(BaseCommand):
    help = "Make the workspace if there is none, grant credits once, and print a new API key (shown only now)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", required=True)
        parser.add_argument("--tier", choices=sorted(DEFAULTS), default="starter")
        parser.add_argument("--credits", type=int, default=100)

    @across("command")
    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        workspace = create_workspace(name=options["workspace"], tier=options["tier"])
        if options["credits"]:
            grant_credits(
                workspace_id=workspace.id, amount=options["credits"], idempotency_key=f"issue_key:{workspace.id}",
                note="manage.py issue_key",
            )  # fmt: skip
        _, text = create_api_key(workspace=workspace, name="issue_key")
        self.stdout.write(json.dumps({"workspaceId": workspace.id, "apiKey": text}))
