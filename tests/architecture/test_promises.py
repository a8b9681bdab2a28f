"""Rules that keep promises: one clock, whole credits, no shortcut round the outbox, no crash point without a test."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.source import PROJECT, calls, imports, python_files, tree_of

CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "timezone.now",
    "time.time",
    "time.time_ns",
    "date.today",
}
JUDGES = (
    "generation/services",
    "atelier/messaging/outbox",
    "billing/services",
    "webhooks/services",
    "atelier/accounts/throttling.py",
)
"""What decides on leases, deadlines, turns, limits and money."""


def judged_by_the_database() -> list[Path]:
    inside = [
        path for path in python_files("generation", "atelier", "billing", "webhooks") if str(path).startswith(JUDGES)
    ]
    return [*inside, *(Path("generation") / name for name in ("runner.py", "heartbeat.py", "checkpoints.py"))]


def test_only_the_databases_clock_decides() -> None:
    own = [f"{path}:{node.lineno}" for path in judged_by_the_database() for name, node in calls(path) if name in CLOCKS]
    assert own == []
    assert len(judged_by_the_database()) > 15


def test_no_float_touches_money() -> None:
    ledger = [*python_files("billing"), Path("generation/pipeline/pricing.py")]
    found = [
        f"{path}:{node.lineno}"
        for path in ledger
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
        or (isinstance(node, ast.Name) and node.id in ("float", "FloatField"))
        or (isinstance(node, ast.Attribute) and node.attr == "FloatField")
    ]
    assert found == []


def test_nobody_publishes_past_the_outbox() -> None:
    """Only the publisher sends for the relay, and only a running task sends the chain it has claimed."""
    senders = {
        str(path)
        for path in python_files("atelier", "billing", "generation", "storage", "webhooks")
        for name, _ in calls(path)
        if name.rpartition(".")[2] in ("apply_async", "send_task", "delay", "delay_on_commit")
    }
    assert senders == {"atelier/messaging/publisher.py", "generation/tasks.py"}


def test_no_request_can_reach_the_broker() -> None:
    """The API lives while the broker is dead: nothing it imports of ours knows Celery."""
    web = [path for path in python_files("generation") if path.parts[1] in ("api", "services", "selectors.py")]
    assert [
        str(path) for path in web if any(name.partition(".")[0] in ("celery", "kombu") for name in imports(path))
    ] == []


def crash_points() -> set[str]:
    points = set()
    for path in python_files("atelier", "billing", "generation", "storage", "webhooks"):
        for name, node in calls(path):
            if name == "crashpoint" and isinstance(node.args[0], ast.Constant):
                points.add(node.args[0].value)
            elif name == "crashpoint":
                points |= {ast.unparse(node.args[0]).strip("f'\"").replace("{name}", stage) for stage in _stages()}
    return points


def _stages() -> list[str]:
    from generation.pipeline.registry import BY_NAME

    return list(BY_NAME)


def test_every_crash_point_is_used_by_a_test() -> None:
    tests = "\n".join((PROJECT / path).read_text() for path in python_files("tests") if path.parts[1] != "architecture")
    points = crash_points()
    assert {"relay.published", "stage.upload.started", "stage.diffusion.stored"} <= points
    unused = {point for point in points if point not in tests and not _is_built(point, tests)}
    assert unused == set()


def _is_built(point: str, tests: str) -> bool:
    """The points of stages are tried by a list of stages and of moments."""
    _, _, moment = point.rpartition(".")
    return point.startswith("stage.") and f".{moment}" in tests
