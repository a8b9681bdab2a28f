"""The table of processes in docs/operations.md says what the stacks and deploy/workers.yaml run."""

from __future__ import annotations

import re

from atelier.stacks.programs import WEB_PROCESSES, WEB_THREADS
from atelier.stacks.workers import load_workers
from tests.architecture.source import PROJECT


def commands() -> dict[str, str]:
    """Command by process."""
    text = (PROJECT / "docs" / "operations.md").read_text()
    return dict(re.findall(r"^\| ([A-Za-z ]+) \| `([^`]+)` \|", text, re.M))


def test_the_web_server_has_the_processes_and_threads_of_the_stack() -> None:
    assert f"--workers {WEB_PROCESSES} --threads {WEB_THREADS}" in commands()["web"]


def test_every_worker_of_the_file_stands_in_the_table_with_its_queues() -> None:
    shown = {
        frozenset(command.split("-Q ")[1].split()[0].split(",")) for command in commands().values() if "-Q" in command
    }
    assert {frozenset(worker.queues) for worker in load_workers()} == shown


def test_every_worker_is_started_as_the_stack_starts_it() -> None:
    options = {word for worker in load_workers() for word in worker.argv if word.startswith("-") and len(word) > 2}
    for command in commands().values():
        if " worker -P" in command:
            assert all(option in command for option in options), command
