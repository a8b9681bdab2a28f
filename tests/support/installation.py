"""A running server stack as the stack tests see it: workspaces, faults, waiting for things, and the final judgement."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from atelier.stacks.home import PROJECT
from atelier.stacks.process import Child, Command, run_once
from atelier.stacks.server import ServerStack
from atelier.stacks.workers import Worker
from tests.support.client import Api
from tests.support.processes import is_frozen
from tests.support.servers import start_server_stack
from tests.support.verdict import count_live, judge

T = TypeVar("T")
LOOK_SECONDS = 0.02
CREDITS, BATCH = 10_000, 12
TIERS = ("starter", "professional", "studio")
_ISSUE = """
from django.core.management import call_command
for name, tier in {orders!r}:
    call_command("issue_key", "--workspace", name, "--tier", tier, "--credits", "{credits}")
"""


class Installation:
    """`apis` are all clients there were: what was promised to any of them is judged. `points` arms crash points."""

    def __init__(self, stack: ServerStack, points: Path) -> None:
        self.stack = stack
        self.apis: list[Api] = []
        self.points = points
        self._names = count()
        self._checked: set[str] = set()
        self._keys: dict[str, list[str]] = {tier: [] for tier in TIERS}

    def api(self, tier: str = "studio") -> Api:
        """A client for a new workspace with plenty of credits."""
        if not self._keys[tier]:
            self._keys = self._issue(CREDITS, dict.fromkeys(TIERS, BATCH))
        return self.again(self._keys[tier].pop())

    def poor_api(self, credits: int) -> Api:
        """A client for a new studio workspace with so many credits, and no line to owe any."""
        self.query("DELETE FROM billing_creditline RETURNING tier")
        return self.again(self._issue(credits, {"studio": 1})["studio"].pop())

    def _issue(self, credits: int, tiers: dict[str, int]) -> dict[str, list[str]]:
        """Keys as `manage.py issue_key` makes them, many by one process: its start takes longer than its work."""
        orders = [(f"{tier}-{next(self._names)}", tier) for tier, count in tiers.items() for _ in range(count)]
        printed = self.stack.manage("shell", "--no-imports", "-c", _ISSUE.format(orders=orders, credits=credits))
        keys: dict[str, list[str]] = {tier: [] for tier in tiers}
        for (_, tier), line in zip(orders, printed.split("\n"), strict=False):
            keys[tier].append(json.loads(line)["apiKey"])
        return keys

    @property
    def models(self) -> Path:
        """Where the folders of the models are."""
        return Path(self.stack.environment()["ATELIER_MODELS_DIR"])

    def again(self, key: str) -> Api:
        """Another client with a key that is there."""
        self.apis.append(Api(self.stack.url, key))
        return self.apis[-1]

    # -- looking -------------------------------------------------------------------------------------------

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        """A superuser's connection."""
        with psycopg.connect(self.stack.superuser_url, autocommit=True, connect_timeout=5) as connection:
            yield connection

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a SQL statement."""
        with self.database() as connection:
            return connection.execute(statement, values).fetchall()

    def value(self, statement: str, *values: Any) -> Any:
        """The first column of the first row; None when there is no row."""
        rows = self.query(statement, *values)
        return rows[0][0] if rows else None

    def state(self, generation_id: str) -> tuple[str, str, bool]:
        """(status, stage, a worker holds its lease)."""
        question = "SELECT status, stage, lease_expires_at IS NOT NULL FROM generation_generation WHERE id = %s"
        status, stage, leased = self.query(question, generation_id)[0]
        return status, stage, leased

    def wait_for_stage(self, generation_id: str, stage: str, seconds: float = 30.0) -> None:
        """Wait until a worker is at work on that stage."""
        wait_until(lambda: self.state(generation_id) == ("running", stage, True), f"{stage} runs", seconds)

    # -- trouble -------------------------------------------------------------------------------------------

    @contextmanager
    def without(self, *parts: str) -> Iterator[None]:
        """Parts that are stopped for a while, in order."""
        try:
            for part in parts:
                self.stack.stop_part(part)
            yield
        finally:
            for part in parts:
                self.stack.start_part(part)

    @contextmanager
    def frozen(self, part: str) -> Iterator[None]:
        """A part whose process gets no processor for a while."""
        self.stack.send(part, signal.SIGSTOP)
        try:
            yield
        finally:
            self.stack.send(part, signal.SIGCONT)

    def arm(self, points: dict[str, str], number: str = "SIGKILL") -> None:
        """Let workers die (or freeze, by SIGSTOP) the next time they come to a point: {worker: point}."""
        for worker, point in points.items():
            partial = self.points / f"{worker}.{point}.partial"
            partial.write_text(number)
            partial.rename(partial.with_suffix(""))

    def armed(self) -> list[str]:
        """Crash points that nobody has come to yet."""
        return [file.name for file in self.points.iterdir()]

    @contextmanager
    def spare_worker(self, name: str, queues: tuple[str, ...]) -> Iterator[Child]:
        """One more worker for a while."""
        environment = self.stack.environment() | {"ATELIER_WORKER_NAME": name}
        log = self.stack.home.logs / f"{name}.log"
        child = Child(Command(name, Worker(name, "gpu", queues).argv, log, env=environment, cwd=PROJECT))
        child.start()
        try:
            question = "SELECT 1 FROM generation_worker WHERE name = %s"
            wait_until(lambda: self.value(question, name), f"{name} is there")
            yield child
        finally:
            child.stop()

    def is_frozen(self, part: str) -> bool:
        """True while a part is stopped by SIGSTOP."""
        return is_frozen(self.stack.pids[part])

    def keep_logs(self, name: str) -> Path:
        """Copy what every part has written to a folder that outlives the tests; where it is."""
        kept = PROJECT / ".atelier" / "failed-flows" / name
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for log in [*self.stack.home.logs.glob("*.log"), *self.stack.home.stack.glob("*/*.log")]:
            shutil.copy(log, kept / log.name)
        return kept

    # -- judging -------------------------------------------------------------------------------------------

    def judge(self, seconds: float = 60.0) -> None:
        """Wait until nothing is live, then let the judge find no fault, in the books or in the bytes.

        What a test that failed left frozen goes on first: it shall not fail those after it.
        """
        for pid in self.stack.pids.values():
            os.kill(pid, signal.SIGCONT)
        with self.database() as connection:
            wait_until(lambda: count_live(connection) == 0, "all generations end", seconds)
            accepted = [generation_id for api in self.apis for generation_id in api.accepted]
            assert judge(connection, accepted) == []
        self._check_files()

    def _check_files(self) -> None:
        """Every asset's bytes are in S3 and are the bytes that were recorded."""
        client, bucket = self.stack.seaweedfs.client(), self.stack.seaweedfs.bucket
        for key, sha256 in self.query("SELECT key, sha256 FROM storage_asset"):
            if key not in self._checked:
                content = client.get_object(Bucket=bucket, Key=key)["Body"].read()
                assert hashlib.sha256(content).hexdigest() == sha256, key
                self._checked.add(key)


def wait_until(condition: Callable[[], T], what: str, seconds: float = 30.0) -> T:
    """Look again and again until the condition is true; its value. AssertionError when it never is."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(LOOK_SECONDS)
    return value


def in_parallel(work: Callable[[T], Any], items: Sequence[T]) -> list[Any]:
    """`work` of every item, each in a thread of its own; the first error is raised."""
    with ThreadPoolExecutor(max(1, len(items))) as threads:
        return list(threads.map(work, items))


def make_folders(models: Path) -> None:
    """The folders of tests/support/models.toml: one for the stubs, two damaged ones, and `tiny`, empty as yet."""
    for name in ("stub", "broken", "mended", "tiny"):
        (models / name).mkdir(parents=True, exist_ok=True)
    for name in ("broken", "mended"):
        (models / name / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline", "unet": ')


def make_tiny_model(models: Path) -> None:
    """Fill `tiny` with a complete pipeline of untrained weights."""
    argv = (sys.executable, "-m", "generation.engines.tiny", str(models / "tiny"))
    run_once(Command("tiny-model", argv, models / "tiny.log", cwd=PROJECT, ready_seconds=120.0))


def short_environment(models: Path, points: Path) -> dict[str, str]:
    """The variables that select the tests' models, arm crash points and make leases short."""
    return {
        "ATELIER_MODELS_FILE": str(PROJECT / "tests" / "support" / "models.toml"),
        "ATELIER_MODELS_DIR": str(models),
        "ATELIER_CRASHPOINT": str(points),
        "ATELIER_LEASE_SECONDS": "4",
        "ATELIER_WAKE_SECONDS": "4",
        "ATELIER_RATE_LIMITS": "off",
        "OMP_NUM_THREADS": "1",
    }


@contextmanager
def installed(
    directory: Path,
    *,
    workers: Sequence[Worker] | None = None,
    flower: bool = False,
    tiny: bool = False,
    **environment: str,
) -> Iterator[Installation]:
    """A server stack with the tests' models and short clocks, stopped at the end. `environment` goes to all parts."""
    models, points = directory / "models", directory / "points"
    points.mkdir()
    make_folders(models)
    making = threading.Thread(target=make_tiny_model, args=(models,)) if tiny else None
    if making:
        making.start()
    stack = start_server_stack(
        directory, workers=workers, flower=flower, **short_environment(models, points), **environment
    )
    try:
        if making:
            making.join()
        yield Installation(stack, points)
    finally:
        stack.stop()
