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


def _purge(installation: Installation, queue: str) -> int:
    """Throw away what no worker has taken yet; how many messages."""
    broker = installation.stack.rabbitmq
    host = f"127.0.0.1:{broker.ports.amqp}"
    with amqp.Connection(host, userid=broker.user, password=broker.password) as connection:
        return connection.channel().queue_purge(queue)
