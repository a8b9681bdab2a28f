"""The state directory of an installation, and the lock that lets one stack at a time use it."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from atelier.stacks.process import StackError

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Home:
    """`root` is what all stacks of this installation share, `stack` belongs to one kind of them."""

    root: Path
    kind: str

    @property
    def stack(self) -> Path:
        """The embedded and the server stack keep separate databases: they keep their pictures in other places."""
        return self.root / self.kind

    @property
    def env(self) -> Path:
        """The file for scripts."""
        return self.root / "env"

    @property
    def secrets(self) -> Path:
        """The secrets of this stack's database and broker."""
        return self.stack / "secrets.json"

    @property
    def models(self) -> Path:
        """Model folders, shared by both stacks."""
        return self.root / "models"

    @property
    def heads(self) -> Path:
        """The heads of the ledger's chains: apart from the database and from the store of the pictures."""
        return self.stack / "ledger-heads.jsonl"

    @property
    def logs(self) -> Path:
        """One log file a process."""
        return self.stack / "log"

    def lock(self) -> IO[str]:
        """Take the directory for this process; close the result to give it back. Raises StackError when taken."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = open(self.root / "lock", "a+")  # noqa: SIM115  (held as long as the stack runs)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise StackError(
                f"Another stack uses {self.root}. Stop it first, or choose another directory with ATELIER_HOME=."
            ) from None
        return file


def find_home(kind: str) -> Home:
    """The state directory: ATELIER_HOME, else .atelier in the project."""
    chosen = os.environ.get("ATELIER_HOME", "").strip()
    return Home(Path(chosen).expanduser().absolute() if chosen else PROJECT / ".atelier", kind)


def chosen_port(default: int) -> int:
    """The port in PORT. Raises StackError when it is not a port."""
    text = os.environ.get("PORT", "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise StackError(f"PORT={text} is not a port: choose a number from 1 to 65535.")
    return int(text)
