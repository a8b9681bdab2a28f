"""Celery's consumer without the 28 delay queues it declares beside quorum queues: nothing here uses an ETA."""

from celery.worker import consumer


class Consumer(consumer.Consumer):
    class Blueprint(consumer.Consumer.Blueprint):
        default_steps = [
            step for step in consumer.Consumer.Blueprint.default_steps if "delayed_delivery" not in str(step)
        ]
