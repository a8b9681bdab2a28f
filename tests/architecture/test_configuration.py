"""One reader of the environment, one page that lists what it reads, and migrations that match the models."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.architecture.source import PRODUCT, PROJECT, calls, ours, python_files, tree_of

READERS = {"env.text", "env.flag", "env.number", "env.names", "env.choice", "env.secret"}


def variables() -> set[str]:
    """Names of the variables that callers of `env` read."""
    return {
        _word(path, node.args[0]) for path in python_files("atelier") for name, node in calls(path) if name in READERS
    }


def _word(path: Path, argument: ast.expr) -> str:
    """A literal, or the module's constant of that name."""
    constants = {
        ast.unparse(node.targets[0]): node.value for node in tree_of(path).body if isinstance(node, ast.Assign)
    }
    return str(ast.literal_eval(constants.get(ast.unparse(argument), argument)))


def test_the_page_lists_exactly_what_is_read() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (PROJECT / "docs" / "configuration.md").read_text(), re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert set(rows) == variables()


def test_only_one_file_reads_the_environment() -> None:
    readers = [
        f"{path}:{node.lineno}"
        for path in python_files(*PRODUCT)
        if path.parts[:2] != ("atelier", "stacks") and path.name != "env.py"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("os.environ", "os.getenv")
        and not _is_settings_default(path, node)
    ]
    assert readers == []


def _is_settings_default(path: Path, environ: ast.Attribute) -> bool:
    """`os.environ.setdefault("DJANGO_SETTINGS_MODULE", ...)`, with which Django begins."""
    return any(
        name == "os.environ.setdefault"
        and node.func.value is environ
        and ast.literal_eval(node.args[0]) == "DJANGO_SETTINGS_MODULE"
        for name, node in calls(path)
        if isinstance(node.func, ast.Attribute)
    )


def test_only_settings_and_commands_ask_for_variables() -> None:
    asking = {path.parts[:2] for path in python_files(*PRODUCT) for name, _ in calls(path) if name in READERS}
    assert asking <= {("atelier", "settings"), ("atelier", "management")}


@pytest.mark.usefixtures("committed")
def test_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_function_and_trigger_of_the_database_is_created_in_one_place() -> None:
    made = [
        name
        for path in ours()
        if path.suffix == ".sql" and "migrations" in path.parts
        for name in re.findall(r"^CREATE (FUNCTION \w+|TRIGGER \w+)", (PROJECT / path).read_text(), re.M)
    ]
    assert len(made) == len(set(made)) > 20
