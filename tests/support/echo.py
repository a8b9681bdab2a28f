"""A broker that repeats itself: every message to a queue of the service arrives three times.

RabbitMQ's own tracing shows each message that is published; two copies of it are published again, with the same body,
headers and properties.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import amqp

from atelier.stacks.rabbitmq import RabbitMQ
from tests.support.client import fetch

COPIES = 2
MARK = "x-copy"
TRACE = "amq.rabbitmq.trace"


class Echo:
    """Counts the messages it saw by task; `copies` is how many it made of them."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.copies = 0

    def repeat(self, traced: amqp.Message, out: amqp.Channel) -> None:
        """Publish the copies of one traced message, unless it is a copy itself or nothing of ours."""
        about = traced.headers
        properties = dict(about["properties"])
        headers = dict(properties.pop("headers", {}))
        if about["exchange_name"] or "task" not in headers or MARK in headers:
            return
        self.seen[headers["task"]] = self.seen.get(headers["task"], 0) + 1
        for number in range(COPIES):
            copy = amqp.Message(traced.body, application_headers=headers | {MARK: number}, **properties)
            out.basic_publish(copy, exchange="", routing_key=about["routing_keys"][0])
            self.copies += 1


@contextmanager
def echoing(rabbitmq: RabbitMQ) -> Iterator[Echo]:
    """Repeat everything that is published while the block runs."""
    echo, stop = Echo(), threading.Event()
    host = f"127.0.0.1:{rabbitmq.ports.amqp}"
    with amqp.Connection(host, userid=rabbitmq.user, password=rabbitmq.password) as connection:
        channel = connection.channel()
        queue = channel.queue_declare(exclusive=True).queue
        channel.queue_bind(queue, TRACE, "publish.#")
        channel.basic_consume(queue, no_ack=True, callback=lambda message: echo.repeat(message, channel))
        thread = threading.Thread(target=_drain, args=(connection, stop), daemon=True)
        _trace(rabbitmq, True)
        thread.start()
        try:
            yield echo
        finally:
            _trace(rabbitmq, False)
            stop.set()
            thread.join()


def _drain(connection: Any, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            connection.drain_events(timeout=0.2)
        except TimeoutError:
            continue


def _trace(rabbitmq: RabbitMQ, on: bool) -> None:
    word = base64.b64encode(f"{rabbitmq.user}:{rabbitmq.password}".encode()).decode()
    answer = fetch(
        "PUT",
        f"{rabbitmq.management_url}/api/vhosts/%2F",
        json.dumps({"tracing": on}).encode(),
        Authorization=f"Basic {word}",
        Content_Type="application/json",
    )
    assert answer.status in (201, 204), answer
