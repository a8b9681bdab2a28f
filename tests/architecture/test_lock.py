"""Everything that is installed is locked with hashes: requirements/locked is in step with requirements/*.txt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path("requirements")
LOCKED = REQUIREMENTS / "locked"
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; .*?)?(?: \\)?$")


def normal(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def pins(file: Path) -> dict[str, str]:
    """Package to version, of a file and those that it includes."""
    found: dict[str, str] = {}
    for line in file.read_text().splitlines():
        if line.startswith("-r "):
            found |= pins(file.with_name(line.removeprefix("-r ")))
        elif "==" in line and not line.startswith("#"):
            name, _, version = line.partition("==")
            found[normal(name)] = version
    return found


def locked(*names: str) -> dict[str, str]:
    """Package to version of the named locks; AssertionError for an entry without a hash."""
    found = {}
    for name in names:
        for block in re.split(r"\n(?=[A-Za-z])", (LOCKED / f"{name}.txt").read_text().strip()):
            entry = ENTRY.match(block.splitlines()[0])
            assert entry and "--hash=sha256:" in block, block[:80]
            found[normal(entry[1])] = entry[2]
    return found


@pytest.mark.parametrize("name", ["test", "stack", "weights"])
def test_every_pin_is_locked_in_its_version(name: str) -> None:
    asked = pins(REQUIREMENTS / f"{name}.txt")
    have = locked(name) if name == "weights" else locked(name, "torch")
    assert asked and {package: have.get(package) for package in asked} == asked, "run `make lock`"


def test_what_the_stack_gets_is_what_the_tests_get() -> None:
    assert locked("stack").items() <= locked("test").items()


def test_torch_is_locked_in_both_builds_and_what_only_one_of_them_needs_stands_apart() -> None:
    hashes = re.findall(r"--hash=(sha256:[0-9a-f]{64})", (LOCKED / "torch.txt").read_text())
    (alone,) = re.findall(r"--hash=(sha256:[0-9a-f]{64})", (REQUIREMENTS / "torch-cpu.txt").read_text())
    assert list(locked("torch")) == ["torch"] and len(hashes) > 1 and alone in hashes
    assert all(name.startswith(("nvidia-", "cuda-", "triton")) for name in locked("cuda"))
    assert not {name for name in locked("test") if name.startswith(("nvidia-", "cuda-", "triton", "torch"))}


def test_a_lock_names_no_index() -> None:
    assert not [file for file in LOCKED.iterdir() if "://" in file.read_text()]
