"""The worker's consumer."""

from __future__ import annotations

from kombu.asynchronous import Hub

from atelier.worker.consumer import Consumer


def test_an_acknowledgement_is_sent_at_once_and_not_left_to_the_event_loop() -> None:
    consumer, sent, hub = Consumer.__new__(Consumer), [], Hub()
    consumer.hub = hub
    try:
        consumer.call_soon_ack(sent.append, "ack")
        assert sent == ["ack"]
    finally:
        hub.close()
    assert sent == ["ack"]  # closing a hub runs what it still holds: nothing was left there


def test_no_queues_for_delays_are_declared() -> None:
    assert not [step for step in Consumer.Blueprint.default_steps if "delayed_delivery" in str(step)]
