"""manage.py without settings: one sentence where no stack runs, never a half of two installations."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from atelier.stacks.beside import adopt_settings
from atelier.stacks.envfile import STACK, write_env, write_settings
from atelier.stacks.process import StackError
from tests.support.first_hour import in_a_shell

STACKS = {"ATELIER_SECRET_KEY": "the stack's", "DATABASE_URL": "postgresql://stack", "ATELIER_STORAGE_URL": "file:///s"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shell that knows only where a stack would be."""
    for name in STACKS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ATELIER_HOME", str(tmp_path))
    return tmp_path


def run_stack(home: Path) -> None:
    write_settings(home / "env", STACKS | {"ATELIER_WORKER_NAME": "one", "HOME": "/"})
    write_env(home / "env", {"DATABASE_URL": "postgresql://tcp"}, {STACK: os.getpid()})


@pytest.mark.parametrize("command", ["issue_key --workspace x", "migrate", "check"])
def test_without_a_stack_it_is_one_sentence(command: str, tmp_path: Path) -> None:
    ran = in_a_shell(f".venv/bin/python manage.py {command}", tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1 and "make serve" in ran.stderr and "ATELIER_SECRET_KEY" in ran.stderr
    assert in_a_shell(".venv/bin/python manage.py help", tmp_path).returncode == 0


def test_what_is_missing_of_somebodys_own_settings_is_named(tmp_path: Path) -> None:
    ran = in_a_shell(".venv/bin/python manage.py check", tmp_path, ATELIER_SECRET_KEY="mine-" * 10)
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1 and "DATABASE_URL" in ran.stderr


def test_the_settings_of_a_running_stack_are_adopted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_stack(home)
    monkeypatch.setenv("DATABASE_URL", "postgresql://tcp")  # what `set -a; . .atelier/env` leaves behind
    adopt_settings(["issue_key"])
    assert STACKS.items() <= os.environ.items()
    assert os.environ.get("ATELIER_WORKER_NAME") != "one"


@pytest.mark.parametrize(
    "own", [{"ATELIER_SECRET_KEY": "mine"}, {"DATABASE_URL": "postgresql://elsewhere"}], ids=["secret", "database"]
)
def test_who_has_settings_gets_none_of_another_installation(
    own: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_stack(home)
    for name, text in own.items():
        monkeypatch.setenv(name, text)
    adopt_settings(["issue_key"])
    assert {name: os.environ[name] for name in STACKS if name in os.environ} == own


def test_a_stack_that_has_ended_does_not_count(home: Path) -> None:
    write_settings(home / "env", STACKS)
    with pytest.raises(StackError, match="No stack runs"):
        adopt_settings(["issue_key"])
