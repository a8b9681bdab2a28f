"""A wrong setting: every process refuses to start with one sentence, and `manage.py check` says it too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from atelier.stacks.home import PROJECT
from atelier.stacks.ports import free_port
from tests.support.commands import manage
from tests.support.foreground import Foreground
from tests.support.servers import short_directory
from tests.support.stories import query

pytestmark = pytest.mark.usefixtures("committed")

PROGRAMS = {
    "web": ("gunicorn", "atelier.wsgi", "--bind", "127.0.0.1:{port}", "--workers", "1", "--no-control-socket"),
    "worker": ("celery", "-A", "atelier.celery", "worker", "-P", "solo", "-Q", "gpu.basic", "-n", "broken@%h"),
    "scheduler": ("manage.py", "scheduler"),
}
WRONG = {
    "catalogue": ({"ATELIER_MODELS_FILE": "{broken}"}, "model 'quick': native_side must be"),
    "toml": ({"ATELIER_MODELS_FILE": "{no_toml}"}, "The catalogue of models cannot be used"),
    "no catalogue": ({"ATELIER_MODELS_FILE": "/nonexistent/models.toml"}, "No such file"),
    "level": ({"ATELIER_LOG_LEVEL": "LOUD"}, "ATELIER_LOG_LEVEL=LOUD is no level"),
    "number": ({"ATELIER_DATABASE_POOL": "inf"}, "ATELIER_DATABASE_POOL must be a number"),
    "storage": ({"ATELIER_STORAGE_URL": "ftp://pictures"}, "ATELIER_STORAGE_URL: expected"),
    "database": ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must look like"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Two catalogues that cannot be used."""
    folder = tmp_path_factory.mktemp("catalogues")
    good = (PROJECT / "tests" / "support" / "models.toml").read_text()
    broken, no_toml = folder / "broken.toml", folder / "no.toml"
    broken.write_text(good.replace("native_side = ", "native_side = 99", 1))
    no_toml.write_text("[[model]\n")
    return {"broken": str(broken), "no_toml": str(no_toml)}


def run(program: tuple[str, ...], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The program until it ends by itself, which it has to."""
    words = [word.format(port=free_port()) for word in program]
    argv = [sys.executable, *(words if words[0].endswith(".py") else ["-m", *words])]
    return subprocess.run(
        argv, cwd=PROJECT, env=os.environ | variables, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_process_refuses_to_start_with_a_sentence(wrong: str, program: str, files: dict[str, str]) -> None:
    variables, sentence = WRONG[wrong]
    ran = run(PROGRAMS[program], {name: text.format(**files) for name, text in variables.items()})
    told = ran.stdout + ran.stderr
    assert ran.returncode not in (0, None) and sentence in told, told
    assert "Traceback" not in told
    assert query("SELECT name FROM generation_worker") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_the_check_says_it_too(wrong: str, files: dict[str, str]) -> None:
    variables, sentence = WRONG[wrong]
    ran = manage("check", **{name: text.format(**files) for name, text in variables.items()})
    assert ran.returncode == 1 and sentence in ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.stack
def test_the_one_machine_stack_says_it_at_the_terminal(files: dict[str, str]) -> None:
    with short_directory() as home:
        stack = Foreground("embedded", home, ATELIER_MODELS_FILE=files["broken"])
        stack.launch()
        assert stack.wait(120) == 1
        assert "could not start: The catalogue" in stack.output and "native_side must be" in stack.output
