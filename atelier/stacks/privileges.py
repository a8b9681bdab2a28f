"""The system user PostgreSQL runs as, for it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from atelier.stacks.process import StackError

FALLBACK_USER = "nobody"  # exists on every Debian; PostgreSQL needs a user that has a name
# Numbers of linux/capability.h, as bits of CapBnd in /proc/self/status.
_CAPABILITY_BITS = {"dac_override": 1, "dac_read_search": 2}


@dataclass(frozen=True)
class RunAs:
    """An identity for a child: numeric ids and the options of setpriv(1) that take it on."""

    uid: int
    gid: int
    options: tuple[str, ...]

    def own(self, path: Path) -> None:
        """Give a file or an (empty) directory to this user; nothing to do for our own."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid)


def run_as(directory: Path, program: Path) -> RunAs:
    """Who should run `program` with its files in `directory`.

    Not root: ourselves. Root: the owner of an existing directory, else `nobody`, without any privilege
    but, where the way there is closed to others (/root, a temporary directory), the right to pass it.
    Raises StackError when that right is not ours to give.
    """
    if os.geteuid() != 0:
        _check_owner(directory)
        return RunAs(os.geteuid(), os.getegid(), ())
    user = _owner_or_fallback(directory)
    options = ("--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups", "--no-new-privs")
    return RunAs(user.pw_uid, user.pw_gid, (*options, *_capability_options(user, directory, program)))


def _check_owner(directory: Path) -> None:
    if directory.exists() and directory.stat().st_uid != os.geteuid():
        owner = pwd.getpwuid(directory.stat().st_uid).pw_name
        raise StackError(
            f"{directory} belongs to {owner}: an earlier run had another user. Run as root, or set ATELIER_HOME."
        )


def _owner_or_fallback(directory: Path) -> pwd.struct_passwd:
    if directory.exists() and directory.stat().st_uid != 0:
        return pwd.getpwuid(directory.stat().st_uid)
    return pwd.getpwnam(FALLBACK_USER)


def _capability_options(user: pwd.struct_passwd, directory: Path, program: Path) -> tuple[str, ...]:
    needed = _needed_capability(user, directory, program)
    kept = f"-all,+{needed}" if needed else "-all"
    # access(2), by which PostgreSQL looks at its own programs, counts the capability only with this bit.
    bits = ("--securebits", "+no_setuid_fixup") if needed else ()
    return (*bits, "--inh-caps", kept, "--ambient-caps", kept)


def _needed_capability(user: pwd.struct_passwd, directory: Path, program: Path) -> str:
    executable = _may(user, program, stat.S_IXOTH | stat.S_IROTH)
    ways = {*directory.resolve().parents, *program.resolve().parents}
    if executable and all(_may(user, way, stat.S_IXOTH) for way in ways):
        return ""
    # Reading past closed directories is enough unless the program itself is closed to others.
    for name in ("dac_read_search", "dac_override") if executable else ("dac_override",):
        if _in_bounding_set(name):
            return name
    raise StackError(
        f"PostgreSQL cannot run as root, and {user.pw_name} cannot reach {directory} or {program}: "
        "move the project to a directory that others may enter (chmod o+x), or run as an ordinary user."
    )


def _may(user: pwd.struct_passwd, path: Path, wanted: int) -> bool:
    """True when the mode of `path` grants `user` the `wanted` bits (given as those of others)."""
    status = path.stat()
    shift = 6 if status.st_uid == user.pw_uid else 3 if status.st_gid == user.pw_gid else 0
    return (status.st_mode >> shift) & wanted == wanted


def _in_bounding_set(name: str) -> bool:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapBnd:"):
            return bool(int(line.split()[1], 16) >> _CAPABILITY_BITS[name] & 1)
    return False
