"""What CONTRIBUTING.md tells people to touch and to run exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, ours, tree_of

TEXT = (PROJECT / "CONTRIBUTING.md").read_text()
ROWS = [
    [cell.strip() for cell in row.strip("|").split("|")]
    for row in re.findall(r"^\|.*\|$", TEXT.partition("## What to touch")[2], re.M)
][2:]
FILE = re.compile(r"`([\w<>./-]+(?:/|\.\w+))(?:::(\w+))?`")


def named(cell: str) -> list[tuple[str, str]]:
    """(file or folder, test of it or "") of everything that a cell names with a path."""
    return [(path, test) for path, test in FILE.findall(cell) if "/" in path or (PROJECT / path).exists()]


def test_the_table_has_what_people_ask_for() -> None:
    asked = {"a stage", "a field of a request", "a kind", "an event", "a role of engine", "a storage backend"}
    assert asked <= {row[0] for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_file_that_a_row_names_exists(row: list[str]) -> None:
    _, touch, proved = row
    assert named(touch) and named(proved)
    for path, _ in [*named(touch), *named(proved)]:
        pattern = re.compile(re.escape(path).replace("<name>", r"\w+") + (".*" if path.endswith("/") else ""))
        assert any(pattern.fullmatch(str(file)) for file in ours()), path


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_proves_a_row_are_tests(row: list[str]) -> None:
    for path, test in named(row[2]):
        assert path.startswith("tests/") and path.rpartition("/")[2].startswith("test_")
        functions = {getattr(node, "name", "") for node in tree_of(Path(path)).body}
        assert any(name.startswith("test_") for name in functions)
        assert not test or test in functions


def test_every_test_that_it_says_to_run_exists() -> None:
    paths = re.findall(r"pytest -n 0 (\S+)", TEXT)
    assert len(paths) == 2
    assert [path for path in paths if not (PROJECT / path).is_file()] == []


def test_the_readme_leads_here() -> None:
    assert "(CONTRIBUTING.md)" in (PROJECT / "README.md").read_text()
