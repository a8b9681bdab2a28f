"""Settings for a command that an operator runs beside a running stack: the stack's own, without asking for any."""

from __future__ import annotations

import os
from collections.abc import Sequence

from atelier.stacks.envfile import find_live, read_env, settings_beside
from atelier.stacks.home import find_home
from atelier.stacks.process import StackError

REQUIRED = ("ATELIER_SECRET_KEY", "DATABASE_URL", "ATELIER_STORAGE_URL")
"""Variables without a default (docs/configuration.md)."""
_ALWAYS = ("", "help", "version", "--help", "-h", "--version")
"""What `manage.py` does without any setting."""


def adopt_settings(arguments: Sequence[str]) -> None:
    """Put the settings of the stack that runs in ATELIER_HOME into this process's environment, where it has none.

    What the caller has set stays, and who has set a secret or another database gets nothing: a half of two
    installations is none. Raises StackError, a sentence, when nothing is set and no stack runs.
    """
    mine = os.environ
    if mine.get("ATELIER_SECRET_KEY") or (arguments[0] if arguments else "") in _ALWAYS:
        return
    path = find_home("").env
    live = find_live(path)
    settings = read_env(settings_beside(path)) if live else {}
    if mine.get("DATABASE_URL", "") not in ("", live.get("DATABASE_URL"), settings.get("DATABASE_URL")):
        return
    if not settings:
        raise StackError(
            f"No stack runs in {path.parent}: start one with `make serve` or `make stack`, or set"
            f" {', '.join(REQUIRED[:-1])} and {REQUIRED[-1]} (docs/configuration.md)."
        )
    mine.update(settings | {name: text for name, text in mine.items() if text and name != "DATABASE_URL"})
