"""Code that nothing uses, as vulture finds it with the names that pyproject.toml excuses.

Fields of a class (`name: type`) are no findings: what is in them leaves as JSON, or is read by a template or by SQL.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FINDING = re.compile(r"(.+?):(\d+): unused variable ")


def list_dead_code() -> list[str]:
    """One line a finding, as vulture writes it. RuntimeError when vulture cannot read the code."""
    vulture = Path(sys.executable).with_name("vulture")
    run = subprocess.run([vulture], cwd=PROJECT, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 3):  # 3: it has found something
        raise RuntimeError(run.stdout + run.stderr)
    return [line for line in run.stdout.splitlines() if not _is_field(line)]


def _is_field(line: str) -> bool:
    found = FINDING.match(line)
    return found is not None and int(found[2]) in _fields_of(found[1])


@cache
def _fields_of(path: str) -> frozenset[int]:
    """The lines on which a class of that file has a field."""
    classes = [node for node in ast.walk(ast.parse((PROJECT / path).read_text())) if isinstance(node, ast.ClassDef)]
    return frozenset(node.lineno for one in classes for node in one.body if isinstance(node, ast.AnnAssign))


if __name__ == "__main__":
    dead = list_dead_code()
    print(*dead, sep="\n", end="\n" if dead else "")
    sys.exit(bool(dead))
