"""The repository as text: which files are ours, and what stands in them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PRODUCT = ("atelier", "billing", "generation", "storage", "webhooks")
"""What runs in production. `bench` and `tests` are tools."""


@cache
def ours() -> tuple[Path, ...]:
    """Every file of the repository, the new ones too, that git does not ignore; relative to the project."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):  # a tree without its history
        listed = [
            str(path.relative_to(PROJECT)) for root in (*PRODUCT, "tests") for path in (PROJECT / root).rglob("*")
        ]
    return tuple(path for path in map(Path, sorted(set(listed))) if (PROJECT / path).is_file())


def python_files(*roots: str) -> list[Path]:
    """Python files below these folders, migrations left out."""
    return [
        path for path in ours() if path.suffix == ".py" and path.parts[0] in roots and "migrations" not in path.parts
    ]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse((PROJECT / path).read_text(), str(path))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file with its dotted name: `os.environ.get`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def modules(*roots: str) -> dict[str, Path]:
    """Every module below these packages by its dotted name, migrations left out."""
    return {_dotted(path): path for path in python_files(*roots)}


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path, known: Iterable[str]) -> Iterator[str]:
    """Which of the `known` modules a file imports: at the top, inside a function or for type checking only."""
    for node in ast.walk(tree_of(path)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            yield from [one for one in (name, name.rpartition(".")[0]) if one in known][:1]


def imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever the import stands."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
