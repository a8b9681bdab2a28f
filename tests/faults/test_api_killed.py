"""kill -9 of the web process around the commit of a submission: a repeat with the same key finds out what happened."""

from __future__ import annotations

import pytest

from tests.support.installation import Installation

pytestmark = pytest.mark.stack


@pytest.mark.parametrize(("point", "stored"), [("submit.before_commit", 0), ("submit.after_commit", 1)])
def test_a_click_that_got_no_answer_is_one_generation(installation: Installation, point: str, stored: int) -> None:
    api = installation.api()
    installation.arm({"": point})
    assert api.post(Idempotency_Key=point).status == 0  # the connection broke
    assert _count(installation, api.key) == stored
    again = [api.post(Idempotency_Key=point) for _ in range(2)]
    assert [answer.status for answer in again] == [202, 202]
    assert again[0].body == again[1].body
    assert _count(installation, api.key) == 1
    assert api.wait(again[0].json["generationId"])["status"] == "completed"


def _count(installation: Installation, key: str) -> int:
    """Generations of the key's workspace."""
    question = """SELECT count(*) FROM generation_generation g JOIN accounts_apikey k ON k.workspace_id = g.workspace_id
        WHERE k.lookup = %s"""
    return installation.value(question, key.split("_")[2])
