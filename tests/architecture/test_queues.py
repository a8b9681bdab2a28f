"""Every queue has a worker, every task a queue and an event or a chain that leads to it."""

from __future__ import annotations

from atelier.accounts.tiers import DEFAULTS
from atelier.celery import app
from atelier.messaging.events import EVENTS
from atelier.messaging.queues import CONTROL, DEAD, DELIVERY_LIMIT, NAMES, POOLS, TIER_QUEUES, WEBHOOKS, declared, route
from atelier.stacks.workers import load_workers
from generation.canvas import build_chain
from generation.pipeline.lifecycle import UPLOAD
from generation.pipeline.registry import BY_NAME, pool_of


def tasks() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


def test_every_queue_has_a_worker_and_every_worker_only_known_queues() -> None:
    served = {queue for worker in load_workers() for queue in worker.queues}
    assert served == set(NAMES)


def test_gpu_queues_are_served_by_gpu_workers_only() -> None:
    for worker in load_workers():
        assert {queue.startswith("gpu.") for queue in worker.queues} == {worker.pool == "gpu"}


def test_every_tier_has_a_queue_and_every_queue_a_pool() -> None:
    assert {tier.queue for tier in DEFAULTS.values()} == set(TIER_QUEUES)
    assert {route(pool, queue) for pool in POOLS for queue in TIER_QUEUES} | {CONTROL, WEBHOOKS} == set(NAMES)


def test_queues_survive_and_give_up_after_a_limit_into_the_dead_letter_queue() -> None:
    for queue in declared():
        assert queue.durable
        assert queue.queue_arguments["x-queue-type"] == "quorum"
        if queue.name != DEAD:
            assert queue.queue_arguments["x-delivery-limit"] == DELIVERY_LIMIT
            assert queue.queue_arguments["x-dead-letter-routing-key"] == DEAD
    assert {queue.name for queue in declared()} == {*NAMES, DEAD}


def test_webhooks_have_a_worker_of_their_own() -> None:
    serving = [worker for worker in load_workers() if WEBHOOKS in worker.queues]
    assert [(worker.pool, worker.queues) for worker in serving] == [("net", (WEBHOOKS,))]


def test_every_task_is_reached_by_an_event_or_a_chain() -> None:
    events = {reaction.task for event in EVENTS.values() for reaction in event.reactions}
    stages = {f"generation.stage.{name}" for name in (*BY_NAME, UPLOAD)}
    assert tasks() == events | stages


def test_a_chain_goes_through_the_queues_of_its_tier_and_carries_ids_only() -> None:
    stages = (*BY_NAME, UPLOAD)
    chain = build_chain(generation_id="gen_" + "a" * 20, fence=3, queue="standard", stages=stages)
    names = [signature.task.rpartition(".")[2] for signature in chain.tasks]
    assert [signature.options["queue"] for signature in chain.tasks] == [f"{pool_of(name)}.standard" for name in names]
    assert {signature.args for signature in chain.tasks} == {("gen_" + "a" * 20, 3)}
    assert all(signature.immutable and signature.task in tasks() for signature in chain.tasks)


def test_what_the_database_promises_is_not_asked_of_celery_again() -> None:
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_create_missing_queues is False
