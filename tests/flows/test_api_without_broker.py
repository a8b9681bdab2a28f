"""RabbitMQ says nothing for a while: the API accepts as always, and the work runs afterwards."""

from __future__ import annotations

import statistics

from tests.support.client import Api
from tests.support.installation import Installation

REQUESTS = 12
TIMES_AS_LONG = 10


def test_the_api_accepts_while_the_broker_is_frozen(installation: Installation, api: Api) -> None:
    usual = statistics.median(_seconds(api) for _ in range(REQUESTS))
    api.wait_all(api.accepted)
    with installation.frozen("rabbitmq"):
        frozen = [_seconds(api) for _ in range(REQUESTS)]
        waiting = api.accepted[-REQUESTS:]
        assert "completed" not in {api.get(asked)["status"] for asked in waiting}
    # Whoever waited for the broker would take seconds, not a few times as long as before.
    assert statistics.median(frozen) < max(0.5, TIMES_AS_LONG * usual)
    assert {done["status"] for done in api.wait_all(waiting, 60)} == {"completed"}


def _seconds(api: Api) -> float:
    answer = api.post()
    assert answer.status == 202
    return answer.seconds
