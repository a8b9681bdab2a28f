"""What docs/operations.md tells an operator to type first, run as it is written there beside a running stack."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from atelier.stacks.home import PROJECT
from tests.support.foreground import own_environment


def check_first_hour(home: Path) -> None:
    """The three commands under "Database roles" in a shell that knows nothing but where the stack's home is."""
    script = documented("## Database roles")
    assert script.count("manage.py") == 3
    ran = in_a_shell(script, home)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1])["apiKey"].startswith("atl_live_")


def documented(heading: str) -> str:
    """The first block of shell commands below a heading of docs/operations.md."""
    text = (PROJECT / "docs" / "operations.md").read_text().partition(f"{heading}\n")[2]
    found = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    assert found is not None, heading
    return found[1]


def in_a_shell(script: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run commands in the project's folder without a variable of ours but ATELIER_HOME."""
    return subprocess.run(
        ["bash", "-euc", script],
        cwd=PROJECT,
        env=own_environment(home, **variables),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
