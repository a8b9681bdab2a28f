"""A worker that is frozen past its lease: another finishes its work, and when it thaws it changes nothing."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from atelier.stacks.process import Child
from tests.support.client import Api
from tests.support.installation import Installation, wait_until

pytestmark = pytest.mark.stack

SPARE = ("gpu.priority", "cpu.priority")

TRACES = (
    "SELECT * FROM generation_generation WHERE id = %s",
    "SELECT * FROM generation_stageresult WHERE generation_id = %s ORDER BY id",
    "SELECT * FROM generation_generationevent WHERE generation_id = %s ORDER BY id",
    "SELECT * FROM storage_asset WHERE source_id = %s ORDER BY id",
    "SELECT * FROM billing_transfer WHERE reference = %s ORDER BY id",
    "SELECT * FROM audit_auditentry WHERE subject = %s ORDER BY id",
)
"""Everything that is written about a generation."""


@pytest.mark.parametrize(
    ("worker", "point"),
    [
        ("gpu-a", "stage.diffusion.started"),
        ("gpu-a", "stage.diffusion.stored"),
        ("cpu-a", "stage.encode.stored"),
        ("cpu-a", "stage.upload.stored"),
    ],
)
def test_it_changes_nothing_when_it_wakes(installation: Installation, worker: str, point: str) -> None:
    """At `stored` the artifacts are written and the next thing it would do is to commit."""
    api = installation.api()
    installation.arm({worker: point}, "SIGSTOP")
    asked = api.generate()
    wait_until(lambda: installation.is_frozen(worker), f"{worker} stands at {point}")
    with installation.spare_worker(f"spare-{point}", SPARE) as spare:
        done = api.wait(asked, 60)
        assert (done["status"], done["metadata"]["attempts"]) == ("completed", 2)
        before = _traces(installation, asked)
        _thaw(installation, api, worker, spare)
    assert _traces(installation, asked) == before


def _thaw(installation: Installation, api: Api, worker: str, spare: Child) -> None:
    """Wake it, freeze the spare one, and wait until it has done other work: then it is through with the old."""
    installation.stack.send(worker, signal.SIGCONT)
    known = installation.value("SELECT max(id) FROM generation_stageresult")
    question = "SELECT 1 FROM generation_stageresult WHERE id > %s AND worker = %s"
    wait_until(lambda: _another(api) and installation.value(question, known, worker), f"{worker} works again")
    assert spare.alive


def _another(api: Api) -> bool:
    return api.wait(api.generate())["status"] == "completed"


def _traces(installation: Installation, generation_id: str) -> list[list[tuple[Any, ...]]]:
    return [installation.query(question, generation_id) for question in TRACES]
