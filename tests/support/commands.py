"""Management commands as they run for an operator: nothing around them says for whom they act."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import Any

from django.core.management import call_command

from atelier.core.db.tenancy import no_tenant
from atelier.stacks.home import PROJECT


def run_command(name: str, *arguments: str, out: io.StringIO | None = None, **options: Any) -> str:
    """What the command printed. In this process, but without the tests' own rights; raises what the command raises.

    `out` receives the same, for a test that expects it to raise.
    """
    printed = io.StringIO() if out is None else out
    with no_tenant():
        call_command(name, *arguments, stdout=printed, **options)
    return printed.getvalue()


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py ...` in a process of its own, as the role of DATABASE_URL; `variables` are added to ours."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
