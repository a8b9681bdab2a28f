"""Every command in a process of its own, as the service's role: nothing around it says for whom it acts."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from atelier.stacks.home import PROJECT
from atelier.stacks.postgres import Postgres
from tests.support.commands import manage
from tests.support.stories import query

PASSWORD = "a long enough one"
STORY: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("migrate", "--noinput"), 0, r"No migrations to apply"),
    (("grant_service_role",), 0, r"Granted to atelier_service and atelier_auditor\."),
    (("create_operator", "--user", "ada"), 0, r"Operator ada: created\."),
    (("create_operator", "--user", "ada"), 0, r"Operator ada: unchanged\."),
    (("second_factor", "--user", "ada"), 0, r"otpauth://totp/Atelier%3A\S*ada\?secret=[A-Z2-7]{32}&"),
    (("second_factor", "--user", "ada", "--remove"), 0, r"ada logs in with a password alone"),
    (("second_factor", "--user", "grace"), 1, r"There is nobody with the user name grace\."),
    (("issue_key", "--workspace", "First customer", "--credits", "100"), 0, r'"apiKey": "atl_live_'),
    (("axes_reset_ip", "192.0.2.1"), 0, r"No attempts found|attempts removed"),
    (("verify_ledger",), 0, r"nothing is wrong"),
    (("verify_ledger", "--json", "--report"), 0, r'"findings": \[\]'),
    (("accept_restore", "--by", "ada", "--reason", "a drill"), 0, r"Accepted: \d+ heads"),
    (("collection",), 0, r'"key": "baseUrl"'),
    (("starter", "export", "--data", "/nonexistent"), 1, r"run `manage.py starter build-data` first"),
)
"""Command, exit status, what it says: in this order on an empty database."""

BY_ITSELF = {"scheduler": "test_the_scheduler_runs_until_it_is_asked_to_stop"}
"""Commands that run until somebody stops them, and the test that does."""


def test_every_command_of_ours_stands_in_the_story() -> None:
    ours = {name for name, app in get_commands().items() if _is_ours(app)}
    assert ours <= {words[0] for words, _, _ in STORY} | set(BY_ITSELF)
    assert all(name in globals() for name in BY_ITSELF.values())


def _is_ours(app: object) -> bool:
    folders = {config.name: config.path for config in apps.get_app_configs()}
    return str(folders.get(str(app), "")).startswith(str(PROJECT)) and "site-packages" not in folders[str(app)]


def test_the_story_of_an_operator(committed: Postgres, tmp_path: Path) -> None:
    heads = str(tmp_path / "heads.jsonl")  # other tests leave heads where they stand by default
    variables = {"DATABASE_OWNER_URL": committed.owner_url, "ATELIER_ADMIN_PASSWORD": PASSWORD}
    variables["ATELIER_LEDGER_HEADS"] = heads
    for words, status, said in STORY:
        ran = manage(*words, **variables)
        told = ran.stdout + ran.stderr
        assert (ran.returncode, bool(re.search(said, told))) == (status, True), f"{words}: {told}"
        assert "Traceback" not in told
    assert query("SELECT count(*) FROM accounts_workspace WHERE name = 'First customer'") == [(1,)]
    assert query("SELECT action FROM audit_auditentry WHERE actor = 'second_factor' ORDER BY id") == [
        ("second_factor.created",),
        ("second_factor.removed",),
    ]


@pytest.mark.usefixtures("committed")
def test_the_scheduler_runs_until_it_is_asked_to_stop() -> None:
    scheduler = subprocess.Popen(
        [sys.executable, "manage.py", "scheduler"], cwd=PROJECT, env=os.environ, stderr=subprocess.PIPE, text=True
    )
    try:
        until = time.monotonic() + 60
        # The reconciler writes a row of its own each round: all loops act for everybody, or it could not.
        while not query("SELECT 1 FROM billing_bookcheck WHERE name = 'reconcile'"):
            assert scheduler.poll() is None and time.monotonic() < until
            time.sleep(0.05)
        scheduler.send_signal(signal.SIGTERM)
        _, told = scheduler.communicate(timeout=30)
    finally:
        scheduler.kill()
    assert scheduler.returncode == 0
    assert [line for line in told.splitlines() if json.loads(line)["level"] == "error"] == []
