"""A process that is set up wrongly does not start, and says in one sentence why."""

from __future__ import annotations

import sys
from typing import NoReturn

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

NEVER_BOOTS = 3
"""The exit status that gunicorn takes as "this will not get better": it ends, instead of starting the next process."""


def check_configuration() -> None:
    """What `manage.py check` says, as one error. Raises ImproperlyConfigured."""
    wrong = [str(message.msg) for message in run_checks() if message.is_serious()]
    if wrong:
        raise ImproperlyConfigured(" ".join(wrong))


def refuse_to_start(error: ImproperlyConfigured) -> NoReturn:
    """End the process with the error's sentence and without a traceback."""
    sys.stderr.write(f"Atelier does not start: {error}\n")
    raise SystemExit(NEVER_BOOTS)
