"""The secrets of one installation: made once, kept in its state directory, readable by its owner alone."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from atelier.stacks.postgres import DatabasePasswords
from atelier.stacks.process import StackError

ADMIN_USER = "admin"


def _word() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class StateSecrets:
    """URL-safe texts. `api_key` is the demo workspace's key, empty until there is one: the database keeps
    only its hash, so this is the only place that can show it again."""

    django_key: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    superuser_password: str = field(default_factory=_word, repr=False)
    owner_password: str = field(default_factory=_word, repr=False)
    service_password: str = field(default_factory=_word, repr=False)
    auditor_password: str = field(default_factory=_word, repr=False)
    broker_password: str = field(default_factory=_word, repr=False)
    store_secret: str = field(default_factory=_word, repr=False)
    admin_password: str = field(default_factory=_word, repr=False)
    api_key: str = field(default="", repr=False)

    @property
    def database(self) -> DatabasePasswords:
        """The passwords of the four database roles."""
        return DatabasePasswords(
            self.superuser_password, self.owner_password, self.service_password, self.auditor_password
        )


def load_secrets(path: Path) -> StateSecrets:
    """The secrets in `path`; made and written there the first time. Raises StackError on a damaged file."""
    if not path.exists():
        made = StateSecrets()
        save_secrets(path, made)
        return made
    try:
        content = json.loads(path.read_text())
        young = {} if "auditor_password" in content else {"auditor_password": _word()}  # a role that came later
        state = StateSecrets(**{name.name: str((content | young)[name.name]) for name in fields(StateSecrets)})
    except (ValueError, KeyError, TypeError) as error:
        raise StackError(
            f"{path} is damaged ({error!r}): restore it, or remove {path.parent} to start anew."
        ) from error
    if young:
        save_secrets(path, state)
    return state


def save_secrets(path: Path, state: StateSecrets) -> None:
    """Replace the file in one step, so that a kill leaves the old or the new one, never half of one."""
    write_private(path, json.dumps(asdict(state), indent=1) + "\n")


def keep_api_key(path: Path, state: StateSecrets, api_key: str) -> StateSecrets:
    """The same secrets with this key, written when it is new."""
    if state.api_key == api_key:
        return state
    changed = replace(state, api_key=api_key)
    save_secrets(path, changed)
    return changed


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all. Threads may write the same one at once."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 600
    partial = Path(name)
    try:
        with open(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
