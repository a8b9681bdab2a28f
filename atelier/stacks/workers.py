"""deploy/workers.yaml as values: which worker processes there are, and how each is started."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from atelier.stacks.home import PROJECT
from atelier.stacks.process import StackError

WORKERS_FILE = PROJECT / "deploy" / "workers.yaml"


@dataclass(frozen=True)
class Worker:
    """One worker process."""

    name: str
    pool: str
    queues: tuple[str, ...]
    concurrency: int = 1

    @property
    def argv(self) -> tuple[str, ...]:
        """The command line. One task at a time runs in the process itself: no fork between it and its device."""
        size = ("-P", "solo") if self.concurrency == 1 else ("-P", "prefork", "-c", str(self.concurrency))
        return (
            sys.executable, "-m", "celery", "-A", "atelier.celery", "worker", *size, "-Q", ",".join(self.queues),
            "-E", "--without-gossip", "--without-mingle", "-n", f"{self.name}@%h",
        )  # fmt: skip


def load_workers(path: Path = WORKERS_FILE) -> tuple[Worker, ...]:
    """The workers of the file, replicas as name-1, name-2, ... Raises StackError when it makes no sense."""
    try:
        entries = yaml.safe_load(path.read_text())["workers"]
        return tuple(worker for entry in entries for worker in _replicas(entry))
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise StackError(f"{path} cannot be read as a list of workers: {error!r}") from error


def _replicas(entry: dict) -> list[Worker]:
    if entry["pool"] == "gpu" and entry.get("concurrency", 1) != 1:
        raise StackError(f"Worker {entry['name']}: a gpu worker has concurrency 1, one process a device.")
    count = entry.get("replicas", 1)
    names = [entry["name"]] if count == 1 else [f"{entry['name']}-{number}" for number in range(1, count + 1)]
    return [Worker(name, entry["pool"], tuple(entry["queues"]), entry.get("concurrency", 1)) for name in names]
