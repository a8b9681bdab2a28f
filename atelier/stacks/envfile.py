""".atelier/env: where a running stack is, for scripts. It exists exactly while the stack is ready."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from atelier.stacks.process import is_alive
from atelier.stacks.secrets import write_private

NAMES = (
    "ATELIER_URL",
    "ATELIER_API_KEY",
    "DATABASE_URL",
    "BROKER_URL",
    "FLOWER_URL",
    "ADMIN_URL",
    "ADMIN_USER",
    "ADMIN_PASSWORD",
    "PIDS",
)
_NOT_SHARED = {"ATELIER_HOME", "ATELIER_WORKER_NAME", "ATELIER_CRASHPOINT"}
STACK = "stack"
"""Name, in PIDS, of the process that started all the others."""


def write_env(path: Path, values: Mapping[str, str], pids: Mapping[str, int]) -> None:
    """Write the file (mode 600, one NAME=value a line, quoted for a shell). Missing names are left empty."""
    shown = {**values, "PIDS": ",".join(f"{name}={pid}" for name, pid in pids.items())}
    write_private(path, "".join(f"{name}={shlex.quote(shown.get(name, ''))}\n" for name in NAMES))


def write_settings(path: Path, environment: Mapping[str, str]) -> None:
    """What of the environment of the stack's processes manage.py needs beside it, in the file beside `path`."""
    ours = {name: text for name, text in sorted(environment.items()) if _is_setting(name)}
    write_private(settings_beside(path), "".join(f"{name}={shlex.quote(text)}\n" for name, text in ours.items()))


def read_env(path: Path) -> dict[str, str]:
    """The file's variables; empty when there is none."""
    try:
        text = path.read_text()
    except FileNotFoundError:  # also when a starting stack removes the old one just now
        return {}
    pairs = (line.partition("=") for line in text.splitlines())
    return {name: "".join(shlex.split(value)) for name, _, value in pairs if name}


def read_pids(values: Mapping[str, str]) -> dict[str, int]:
    """Process ids by name."""
    pairs = (pair.partition("=") for pair in values.get("PIDS", "").split(",") if pair)
    return {name: int(pid) for name, _, pid in pairs}


def find_live(path: Path) -> dict[str, str]:
    """The variables of a stack that is up; empty when none is (a file left by a killed stack does not count)."""
    values = read_env(path)
    pid = read_pids(values).get(STACK)
    return values if pid is not None and is_alive(pid) and _is_stack(pid) else {}


def remove_env(path: Path) -> None:
    """The stack is not ready any more: neither file counts."""
    for file in (path, settings_beside(path)):
        file.unlink(missing_ok=True)


def settings_beside(path: Path) -> Path:
    """Where the settings of the stack's processes are, secrets included: beside the file for scripts."""
    return path.with_name("settings.env")


def _is_setting(name: str) -> bool:
    """A variable of docs/configuration.md that is the whole installation's, not one process's."""
    return name.startswith(("ATELIER_", "DATABASE_", "BROKER_", "AWS_")) and name not in _NOT_SHARED


def _is_stack(pid: int) -> bool:
    """A reused process id belongs to some other program."""
    try:
        return b"python" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
