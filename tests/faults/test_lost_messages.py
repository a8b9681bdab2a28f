"""Messages are lost: whatever waited for one is woken again, as the same attempt."""

from __future__ import annotations

import amqp
import pytest

from tests.support.installation import Installation, wait_until

pytestmark = pytest.mark.stack

QUEUES = {"gpu-a": "gpu.priority", "cpu-a": "cpu.priority"}
COUNT = 2


@pytest.mark.parametrize("worker", list(QUEUES))
def test_an_emptied_queue_costs_time_and_nothing_else(installation: Installation, worker: str) -> None:
    api = installation.api()
    with installation.frozen(worker):
        asked = api.generate_many([{}] * COUNT)
        waiting = {"gpu-a": ("running", "diffusion", False), "cpu-a": ("dispatched", "", False)}[worker]
        wait_until(lambda: {installation.state(one) for one in asked} == {waiting}, "the messages are sent")
        wait_until(lambda: _purge(installation, QUEUES[worker]) > 0, "messages are lost")
    for done in api.wait_all(asked):
        assert (done["status"], done["metadata"]["attempts"]) == ("completed", 1)


def test_an_event_is_not_lost_with_the_broker(installation: Installation) -> None:
    """The outbox says published, no worker of webhooks runs, their queue is wiped: the events are recorded all the
    same."""
    api = installation.api()
    done = api.wait_all(api.generate_many([{}] * COUNT))
    wait_until(lambda: _purge(installation, "webhooks") > 0, "messages are lost")
    ids = [one["generationId"] for one in done]
    question = "SELECT count(*) FROM webhooks_event WHERE subject = ANY(%s)"
    wait_until(lambda: installation.value(question, ids) == 3 * COUNT, "queued, started, completed of each")
    judged = "SELECT count(*) FROM webhooks_event GROUP BY subject, type HAVING count(*) > 1"
    assert installation.value(judged) is None


def _purge(installation: Installation, queue: str) -> int:
    """Throw away what no worker has taken yet; how many messages."""
    broker = installation.stack.rabbitmq
    host = f"127.0.0.1:{broker.ports.amqp}"
    with amqp.Connection(host, userid=broker.user, password=broker.password) as connection:
        return connection.channel().queue_purge(queue)
