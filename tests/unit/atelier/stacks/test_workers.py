"""deploy/workers.yaml becomes command lines; nonsense in it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from atelier.messaging import queues
from atelier.stacks.process import StackError
from atelier.stacks.workers import load_workers


def test_every_queue_has_a_worker_and_no_worker_an_unknown_queue() -> None:
    served = [queue for worker in load_workers() for queue in worker.queues]
    assert sorted(served) == sorted(queues.NAMES)


def test_gpu_workers_are_one_process_a_device() -> None:
    for worker in load_workers():
        assert worker.argv[worker.argv.index("-P") + 1] == "solo"
        assert "--without-mingle" in worker.argv and "--without-gossip" in worker.argv
        pools = {"webhooks": "net"}
        assert {pools.get(name, name.partition(".")[0]) for name in worker.queues} <= {worker.pool, "control"}


def test_replicas_get_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "workers.yaml"
    path.write_text("workers: [{name: cpu, pool: cpu, queues: [control], replicas: 3}]")
    workers = load_workers(path)
    assert [worker.name for worker in workers] == ["cpu-1", "cpu-2", "cpu-3"]


@pytest.mark.parametrize(
    "text",
    ["", "workers: 3", "workers: [{name: x}]", "]["],
)
def test_nonsense_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "workers.yaml"
    path.write_text(text)
    with pytest.raises(StackError):
        load_workers(path)


def test_a_setting_that_does_nothing_is_refused_with_what_does(tmp_path: Path) -> None:
    path = tmp_path / "workers.yaml"
    path.write_text("workers: [{name: c, pool: cpu, queues: [a], concurrency: 2}]")
    with pytest.raises(StackError, match="Worker c: 'concurrency' is not known; .* are replicas"):
        load_workers(path)
