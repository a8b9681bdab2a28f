"""What the documents tell people to type exists: make targets, commands with their options, files they link to."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from atelier.accounts.permissions import PERMISSIONS, ROLES
from tests.architecture.source import PROJECT

DOCUMENTS = [
    *(
        PROJECT / name
        for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "generation/starter/model/README.md")
    ),
    *sorted((PROJECT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
BUILT_IN = {"migrate", "check", "shell", "createsuperuser"}


def lines() -> list[tuple[str, str]]:
    """(document, command line) of every shell block, continued lines joined."""
    found = []
    for document in DOCUMENTS:
        for block in BLOCK.findall(document.read_text()):
            found += [(document.name, line.strip()) for line in block.replace("\\\n", " ").splitlines() if line.strip()]
    return found


def words(prefix: str) -> list[list[str]]:
    """What follows `prefix` in each command line that begins with it."""
    return [shlex.split(line, comments=True)[len(prefix.split()) :] for _, line in lines() if line.startswith(prefix)]


def test_there_are_commands_to_look_at() -> None:
    assert len(lines()) >= 10
    assert words("make") and words("python manage.py")


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.M))
    named = {arguments[0] for arguments in words("make")}
    named |= {name for document in DOCUMENTS for name in re.findall(r"`make ([a-z-]+)", document.read_text())}
    assert named <= targets


@pytest.mark.parametrize("arguments", words("python manage.py"), ids=" ".join)
def test_every_command_takes_the_options_it_is_shown_with(arguments: list[str]) -> None:
    name, *options = arguments
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    parser.parse_args(options)  # exits, and so fails, on what it does not know


def test_every_command_named_in_passing_exists() -> None:
    named = {name for document in DOCUMENTS for name in re.findall(r"manage\.py ([a-z_]+)", document.read_text())}
    assert named <= set(get_commands()) | BUILT_IN


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    missing = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]
    assert missing == []


def test_the_table_of_roles_is_the_one_of_the_code() -> None:
    heads, _, *rows = re.findall(r"^\|(.*)\|$", (PROJECT / "docs/access.md").read_text(), re.M)
    roles = [cell.strip() for cell in heads.split("|")[1:]]
    told = {}
    for name, *cells in (row.split("|") for row in rows):
        told[name.strip(" `")] = {role for role, cell in zip(roles, cells, strict=True) if cell.strip() == "yes"}
    assert told == {name: {role for role in ROLES if name in ROLES[role]} for name in PERMISSIONS}
