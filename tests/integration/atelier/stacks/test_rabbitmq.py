"""The private RabbitMQ node: its own login, its own ports, messages that survive a kill."""

from __future__ import annotations

import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from kombu import Connection, Queue
from kombu.exceptions import OperationalError

from atelier.stacks import rabbitmq
from atelier.stacks.process import StackError
from atelier.stacks.rabbitmq import RabbitMQ
from tests.support.servers import short_directory

QUEUE = Queue("kept", queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": 3})


@pytest.fixture(scope="module")
def node() -> Iterator[RabbitMQ]:
    with short_directory() as directory:
        node = RabbitMQ(directory)
        try:
            node.start()
            yield node
        finally:
            node.stop()


def publish(node: RabbitMQ, count: int) -> None:
    options = {"confirm_publish": True}
    with Connection(node.amqp_url, transport_options=options) as connection:
        producer = connection.Producer()
        for number in range(count):
            producer.publish({"n": number}, routing_key="kept", declare=[QUEUE], delivery_mode=2)


def drain(node: RabbitMQ) -> list[int]:
    with Connection(node.amqp_url) as connection:
        queue = QUEUE(connection.default_channel)
        queue.declare()
        taken = []
        while (message := queue.get()) is not None:
            taken.append(message.payload["n"])
            message.ack()
        return taken


def test_confirmed_messages_survive_a_kill_and_a_restart(node: RabbitMQ) -> None:
    publish(node, 5)
    assert node.child is not None
    # RabbitMQ 3.10 writes the register of its quorum queues every 0.5 s. Killed before, a queue comes back
    # without a leader and has to be deleted: see RabbitMQ's docstring.
    time.sleep(1)
    node.child.kill()
    node.start()
    assert drain(node) == [0, 1, 2, 3, 4]
    publish(node, 2)
    node.restart()
    assert drain(node) == [0, 1]


def test_its_pid_is_the_node_itself(node: RabbitMQ) -> None:
    assert node.child is not None
    node.child.send(signal.SIGSTOP)
    with pytest.raises(OperationalError):
        Connection(node.amqp_url, connect_timeout=1).ensure_connection(max_retries=1, timeout=2)
    node.child.send(signal.SIGCONT)
    with Connection(node.amqp_url, connect_timeout=5) as connection:
        connection.ensure_connection(max_retries=3)


def test_the_guest_everybody_knows_is_not_let_in(node: RabbitMQ) -> None:
    url = f"amqp://guest:guest@127.0.0.1:{node.ports.amqp}//"
    with pytest.raises(Exception, match="ACCESS_REFUSED"):
        Connection(url, connect_timeout=5).connect()


def test_the_management_page_asks_for_the_login(node: RabbitMQ) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{node.management_url}/api/queues", timeout=5)
    assert f"{node.user}:{node.password}@" in node.management_api_url


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with short_directory() as directory:
        monkeypatch.setattr(rabbitmq, "PROGRAM", directory / "none")
        with pytest.raises(StackError, match="apt-get install rabbitmq-server"):
            RabbitMQ(directory).start()
