"""A generation that kills its worker is stopped after three attempts and refunded; those behind it are served."""

from __future__ import annotations

import pytest

from tests.support.installation import Installation

pytestmark = pytest.mark.stack

BEHIND = 10


def test_a_poisonous_generation_is_stopped_after_three_deaths(installation: Installation) -> None:
    api = installation.api()
    account = api.call("GET", "/account").json
    poison = api.generate(model="poison")
    behind = api.generate_many([{}] * BEHIND)
    others = api.wait_all(behind, 60)
    assert {one["status"] for one in others} == {"completed"}
    end = api.wait(poison, 60)
    assert any(one["completedAt"] < end["completedAt"] for one in others)  # they did not wait for its end
    assert (end["status"], end["error"]["code"], end["metadata"]["attempts"]) == ("failed", "worker_lost", 3)
    assert (end["creditsUsed"], end["images"]) == (0, [])
    after = api.call("GET", "/account").json
    assert (after["balance"], after["held"]) == (account["balance"] - BEHIND, 0)
    assert api.wait(api.generate(), 30)["status"] == "completed"  # the worker is back
