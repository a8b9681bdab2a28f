"""deploy/workers.yaml as values: which worker processes there are, and how each is started."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from atelier.stacks.home import PROJECT
from atelier.stacks.process import StackError

WORKERS_FILE = PROJECT / "deploy" / "workers.yaml"
_KEYS = {"name", "pool", "tier_pool", "queues", "replicas"}


@dataclass(frozen=True)
class Worker:
    """One worker process."""

    name: str
    pool: str
    queues: tuple[str, ...]

    @property
    def argv(self) -> tuple[str, ...]:
        """The command line. Tasks run in the process itself: CUDA does not survive a fork, and Celery's forked children
        open the database anew for each task, which doubles what one costs (27 ms a generation, measured)."""
        return (
            sys.executable,
            "-m",
            "celery",
            "-A",
            "atelier.celery",
            "worker",
            "-P",
            "solo",
            "-Q",
            ",".join(self.queues),
            "-E",
            "--without-gossip",
            "--without-mingle",
            "-n",
            f"{self.name}@%h",
        )


def load_workers(path: Path = WORKERS_FILE) -> tuple[Worker, ...]:
    """The workers of the file, replicas as name-1, name-2, ... Raises StackError when it makes no sense."""
    try:
        entries = yaml.safe_load(path.read_text())["workers"]
        return tuple(worker for entry in entries for worker in _replicas(entry))
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise StackError(f"{path} cannot be read as a list of workers: {error!r}") from error


def _replicas(entry: dict) -> list[Worker]:
    if unknown := sorted(entry.keys() - _KEYS):
        raise StackError(
            f"Worker {entry['name']}: {unknown[0]!r} is not known; there are {', '.join(sorted(_KEYS))}."
            " More processes of a kind are replicas."
        )
    count = entry.get("replicas", 1)
    names = [entry["name"]] if count == 1 else [f"{entry['name']}-{number}" for number in range(1, count + 1)]
    return [Worker(name, entry["pool"], tuple(entry["queues"])) for name in names]
