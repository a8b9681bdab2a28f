"""Three workspaces of three tiers at the same time: each on its own queues, none over its places."""

from __future__ import annotations

import json
import time

from tests.support.client import Api
from tests.support.installation import Installation, in_parallel

TIER_QUEUES = {"starter": "basic", "professional": "standard", "studio": "priority"}
GPU = {"starter": "gpu-c", "professional": "gpu-b", "studio": "gpu-a"}
PLACES = {"starter": 2, "professional": 5, "studio": 20}
EACH = 6


def test_three_tiers_are_served_at_once(installation: Installation) -> None:
    apis = {tier: issue(installation, tier) for tier in TIER_QUEUES}
    asked = dict(zip(apis, in_parallel(_ask, list(apis.values())), strict=True))
    most = _watch(installation, [generation_id for ids in asked.values() for generation_id in ids])
    for tier, ids in asked.items():
        done = apis[tier].wait_all(ids)
        assert {one["status"] for one in done} == {"completed"}
        assert _places(installation, ids) == {(TIER_QUEUES[tier], GPU[tier])}
        assert 0 < most.get(TIER_QUEUES[tier], 0) <= PLACES[tier]
    assert most["basic"] == PLACES["starter"]  # with six asked for, the limit was reached


def issue(installation: Installation, tier: str) -> Api:
    """As an operator does it."""
    printed = installation.stack.manage("issue_key", "--workspace", f"three {tier}", "--tier", tier)
    return installation.again(json.loads(printed)["apiKey"])


def _ask(api: Api) -> list[str]:
    return api.generate_many([{"model": "steady", "quality": "standard"}] * EACH)


def _watch(installation: Installation, ids: list[str]) -> dict[str, int]:
    """The largest number of generations in flight by queue, until all have ended."""
    question = """SELECT queue, count(*) FILTER (WHERE status IN ('dispatched', 'running')), count(*) FILTER
        (WHERE completed_at IS NULL) FROM generation_generation WHERE id = ANY(%s) GROUP BY queue"""
    most: dict[str, int] = {}
    with installation.database() as connection:
        for _ in range(1200):
            rows = connection.execute(question, [ids]).fetchall()
            most |= {queue: max(count, most.get(queue, 0)) for queue, count, _ in rows}
            if not any(live for _, _, live in rows):
                break
            time.sleep(0.05)
    return most


def _places(installation: Installation, ids: list[str]) -> set[tuple[str, str]]:
    """(queue, worker that drew) of these generations."""
    question = """SELECT DISTINCT g.dispatch_queue, r.worker FROM generation_generation g
        JOIN generation_stageresult r ON r.generation_id = g.id AND r.stage = 'diffusion' WHERE g.id = ANY(%s)"""
    return set(installation.query(question, ids))
