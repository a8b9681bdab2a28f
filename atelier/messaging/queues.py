"""The broker's topology as data: which queues exist and where a task goes."""

from __future__ import annotations

from kombu import Exchange, Queue

TIER_QUEUES = ("priority", "standard", "basic")
"""Each tier's (architecture.md, queue configuration); the broker has one of them for each pool."""
POOLS = ("gpu", "cpu")
CONTROL = "control"
WEBHOOKS = "webhooks"
DEAD = "dead"
DELIVERY_LIMIT = 5
"""Deliveries after which the broker gives a message up. A second net: attempts are counted in PostgreSQL."""

NAMES = (*(f"{pool}.{queue}" for pool in POOLS for queue in TIER_QUEUES), CONTROL, WEBHOOKS)
"""Every queue that a worker must serve (deploy/workers.yaml; a test checks it)."""


def route(pool: str, queue: str) -> str:
    """The broker's queue of a pool (gpu, cpu) and a tier's queue (priority, standard, basic). ValueError for others."""
    name = f"{pool}.{queue}"
    if name not in NAMES:
        raise ValueError(f"There is no queue {name!r}.")
    return name


def declared() -> list[Queue]:
    """Quorum queues with a delivery limit, dead-lettering into `dead`, which only people read."""
    exchange = Exchange("atelier", type="direct", durable=True)
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "atelier",
        "x-dead-letter-routing-key": DEAD,
    }
    working = [Queue(name, exchange, routing_key=name, queue_arguments=arguments) for name in NAMES]
    return [*working, Queue(DEAD, exchange, routing_key=DEAD, queue_arguments={"x-queue-type": "quorum"})]
