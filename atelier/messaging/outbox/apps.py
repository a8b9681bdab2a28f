"""The transactional outbox: messages are written with the change that they report, and published afterwards."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "atelier.messaging.outbox"
    label = "outbox"
