"""manage.py issue_key: a workspace with credits and a new API key, for trials and tests."""

from __future__ import annotations

import json
import re
from argparse import ArgumentTypeError
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from atelier.accounts.models import Workspace
from atelier.accounts.services import create_api_key, create_workspace
from atelier.accounts.tiers import DEFAULTS
from atelier.audit.services import record
from atelier.core.db.tenancy import across
from atelier.core.errors import AtelierError
from billing.services.grants import grant_credits


class Command(BaseCommand):
    help = "Make the workspace if there is none, grant credits once, and print a new API key (shown only now)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", required=True, type=_name)
        parser.add_argument("--tier", choices=sorted(DEFAULTS), default="starter")
        parser.add_argument("--credits", type=_credits, default=100, help="0 grants none.")

    @across("command")
    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        workspace = create_workspace(name=options["workspace"], tier=options["tier"])
        if options["credits"]:
            _grant(workspace, options["credits"])
        key, text = create_api_key(workspace=workspace, name="issue_key")
        record(workspace_id=workspace.id, actor="issue_key", action="api_key.created", subject=key.id)
        self.stdout.write(json.dumps({"workspaceId": workspace.id, "apiKey": text}))


def _grant(workspace: Workspace, credits: int) -> None:
    """Once: the same command again grants nothing. Raises CommandError when it granted another amount before."""
    try:
        grant_credits(
            workspace_id=workspace.id,
            amount=credits,
            idempotency_key=f"issue_key:{workspace.id}",
            note="manage.py issue_key",
            actor="issue_key",
        )
    except AtelierError as error:
        raise CommandError(f"{error.title}. {error.detail} ({error.code})") from error


def _name(text: str) -> str:
    try:
        return forms.CharField(max_length=100).clean(text)
    except ValidationError as error:
        raise ArgumentTypeError(" ".join(error.messages)) from error


def _credits(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        raise ArgumentTypeError("Give a whole number of credits, 0 or more, of at most 18 digits.")
    return int(text)
