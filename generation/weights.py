"""Verifies the shipped weights: a SHA-256 for every file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

CHECKSUMS = "checksums.json"
REMEDY = "Restore the folder ({folder}) from the release, by `git checkout` or by unpacking it again, and start again."


def find_fault(folder: Path) -> str | None:
    """A sentence on the first fault of the files of `folder`, with its remedy; None if all are right.

    A folder without checksums.json is not verified.
    """
    listed = folder / CHECKSUMS
    if not listed.is_file():
        return None
    try:
        wanted: dict[str, str] = json.loads(listed.read_text("utf-8"))
    except ValueError:
        wanted = {CHECKSUMS: "JSON"}
    for name, checksum in wanted.items():
        if not (folder / name).is_file():
            return f"{name} is missing. {REMEDY.format(folder=folder.name)}"
        if _checksum(folder / name) != checksum:
            return (
                f"{name} is not the file that was shipped (its checksum differs). {REMEDY.format(folder=folder.name)}"
            )
    return None


def write_checksums(folder: Path) -> None:
    """Write checksums.json: every file below `folder` with its SHA-256 (FIPS 180-4)."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    checksums = {path.relative_to(folder).as_posix(): _checksum(path) for path in files if path.suffix != ".md"}
    (folder / CHECKSUMS).write_text(json.dumps(checksums, indent=2) + "\n", "utf-8")


def _checksum(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
