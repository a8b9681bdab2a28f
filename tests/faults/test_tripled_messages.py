"""Each message is delivered three times: started, drawn, stored, charged and announced is everything once."""

from __future__ import annotations

import pytest

from tests.support.echo import COPIES, echoing
from tests.support.installation import Installation, wait_until

pytestmark = pytest.mark.stack

EACH = 3
TASKS = {"generation.start", "generation.stage.diffusion", "generation.stage.encode"}


def test_two_copies_of_every_message_have_no_effect(
    installation: Installation, record_property: pytest.RecordProperty
) -> None:
    apis = [installation.api(tier) for tier in ("studio", "professional", "starter")]
    with echoing(installation.stack.rabbitmq) as echo:
        for api in apis:
            api.generate_many([{"count": 2}] * EACH)
        for api in apis:
            assert {done["status"] for done in api.wait_all(api.accepted)} == {"completed"}
        sent = EACH * len(apis)
        wait_until(lambda: echo.seen.get("generation.sweep", 0) >= sent, "every message was seen")
    record_property("messages", sum(echo.seen.values()))
    record_property("copies", echo.copies)
    assert {task for task in TASKS if echo.seen.get(task, 0) < sent} == set(), echo.seen
    assert echo.copies == COPIES * sum(echo.seen.values())
    assert _effects(installation, [asked for api in apis for asked in api.accepted]) == {(1, 1, 5, 5)}


def _effects(installation: Installation, ids: list[str]) -> set[tuple[int, ...]]:
    """(fence, attempt, stages begun, different stages begun): prompt, diffusion, faces, encode, upload."""
    question = """SELECT fence, attempt, count(*), count(DISTINCT data ->> 'stage') FROM generation_generation g
        JOIN generation_generationevent e ON e.generation_id = g.id AND e.type = 'stage'
        WHERE g.id = ANY(%s) GROUP BY g.id"""
    return {(fence, attempt, begun, stages) for fence, attempt, begun, stages in installation.query(question, ids)}
