"""The same checks run in continuous integration, in `make check` and, the quick ones, before a commit."""

from __future__ import annotations

import fnmatch
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.source import PROJECT

BIN = Path(sys.executable).parent
CONFIGURATION = ".pre-commit-config.yaml"


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / program, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)


def hooks() -> list[dict[str, Any]]:
    repositories = yaml.safe_load((PROJECT / CONFIGURATION).read_text())["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    return list(repositories[0]["hooks"])


def steps() -> dict[str, str]:
    """Name and command of each step of `make check`."""
    text = (PROJECT / "deploy/check.sh").read_text()
    return dict(re.findall(r"^step (\S+) \$bin/(.+)$", text, re.M))


def test_continuous_integration_checks_before_it_tests() -> None:
    commands = re.findall(r"^(?:exec )?make (\w+)$", (PROJECT / ".ci/run").read_text(), re.M)
    assert commands == ["check", "test"]


def test_make_check_has_a_step_for_each_promise() -> None:
    assert list(steps()) == ["format", "lint", "types", "imports", "dead-code", "migrations", "deployment"]


def test_the_hooks_can_be_installed() -> None:
    checked = run("pre-commit", "validate-config", CONFIGURATION)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_a_hook_runs_a_step_of_make_check_from_the_projects_own_environment(hook: dict[str, Any]) -> None:
    program, *arguments = hook["entry"].removeprefix(".venv/bin/").split()
    assert hook["entry"].startswith(".venv/bin/") and hook["language"] == "system"
    assert steps()[hook["id"]].split()[0] == program
    assert (BIN / program).exists()
    assert all((PROJECT / word).is_file() for word in arguments if "/" in word)


def test_no_code_is_dead() -> None:
    """What only a framework, SQL or a template uses stands in pyproject.toml."""
    found = run("python", "deploy/dead_code.py")
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_function_that_nothing_uses_is_dead_and_a_field_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "deploy/dead_code.py:{}: unused {} 'x' (60% confidence)"
    dead_code = runpy.run_path(str(PROJECT / "deploy/dead_code.py"))
    source = "class Answer:\n    x: int\n    y = 1\n\n\nx: int = 1\n"
    monkeypatch.setattr(Path, "read_text", lambda path: source)
    assert dead_code["_is_field"](said.format(2, "variable"))
    for line, kind in ((3, "variable"), (6, "variable"), (2, "function")):
        assert not dead_code["_is_field"](said.format(line, kind))


def test_every_name_that_is_excused_from_being_dead_is_needed() -> None:
    """A name that nothing has any more leaves the list."""
    excused = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["vulture"]["ignore_names"]
    found = set(re.findall(r" '(\w+)' \(", run("vulture", "--ignore-names", "none").stdout))
    assert len(excused) > 50
    assert [name for name in excused if not fnmatch.filter(found, name)] == []
