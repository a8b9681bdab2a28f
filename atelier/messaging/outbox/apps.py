"""Facts on their way out: written with the change they speak of, published afterwards."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "atelier.messaging.outbox"
    label = "outbox"
