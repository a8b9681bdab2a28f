"""Workers that are frozen past their lease: another finishes their work, and when they thaw they change nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.client import Api
from tests.support.installation import Installation, in_parallel, wait_until

pytestmark = pytest.mark.stack

POINTS = {
    "studio": {"gpu-a": "stage.diffusion.stored"},
    "professional": {"cpu-b": "stage.encode.stored"},
    "starter": {"cpu-c": "stage.upload.stored"},
}
"""Where which worker of a tier is frozen. At `stored` the bytes are written, and the next thing would be the commit."""
WORKERS = [worker for points in POINTS.values() for worker in points]

SPARE = ("gpu.priority", "cpu.standard", "cpu.basic")

TRACES = (
    "SELECT * FROM generation_generation WHERE id = %s",
    "SELECT * FROM generation_stageresult WHERE generation_id = %s ORDER BY id",
    "SELECT * FROM generation_generationevent WHERE generation_id = %s ORDER BY id",
    "SELECT * FROM storage_asset WHERE source_id = %s ORDER BY id",
    "SELECT * FROM billing_transfer WHERE reference = %s ORDER BY id",
    "SELECT * FROM audit_auditentry WHERE subject = %s ORDER BY id",
)
"""Everything that is written about a generation."""


def test_a_thawed_worker_changes_nothing(installation: Installation) -> None:
    apis = {tier: installation.api(tier) for tier in POINTS}
    for points in POINTS.values():
        installation.arm(points, "SIGSTOP")
    asked = {tier: api.generate() for tier, api in apis.items()}
    wait_until(lambda: not installation.armed() and all(map(installation.is_frozen, WORKERS)), "all stand still")
    with _thawed_at_last(installation), installation.spare_worker("spare", SPARE):
        for tier, api in apis.items():
            done = api.wait(asked[tier], 60)
            assert (done["status"], done["metadata"]["attempts"]) == ("completed", 2)
        assert all(map(installation.is_frozen, WORKERS))
        before = [_traces(installation, generation_id) for generation_id in asked.values()]
        _thaw(installation)
        in_parallel(lambda tier: _work_again(installation, apis[tier], set(POINTS[tier])), list(POINTS))
    assert [_traces(installation, generation_id) for generation_id in asked.values()] == before


@contextmanager
def _thawed_at_last(installation: Installation) -> Iterator[None]:
    """Nobody stays frozen, whatever happens."""
    try:
        yield
    finally:
        _thaw(installation)


def _thaw(installation: Installation) -> None:
    for worker in WORKERS:
        installation.stack.send(worker, signal.SIGCONT)


def _work_again(installation: Installation, api: Api, workers: set[str]) -> None:
    """Until these workers have done other work: they do one thing after the other, so they are through with the old."""
    known = installation.value("SELECT max(id) FROM generation_stageresult")
    question = "SELECT DISTINCT worker FROM generation_stageresult WHERE id > %s AND worker = ANY(%s)"

    def all_have_worked() -> bool:
        api.wait(api.generate())
        return len(installation.query(question, known, list(workers))) == len(workers)

    wait_until(all_have_worked, f"{workers} work again")


def _traces(installation: Installation, generation_id: str) -> list[list[tuple[Any, ...]]]:
    return [installation.query(question, generation_id) for question in TRACES]
