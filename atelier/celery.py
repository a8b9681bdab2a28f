"""The Celery application. Workers, the relay and Flower start from here."""

import os

from celery import Celery
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from atelier.core.configuration import refuse_to_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelier.settings")
try:
    settings.CELERY_BROKER_URL  # noqa: B018  (read now: Celery shows an error of a later reading as a traceback)
except ImproperlyConfigured as error:
    refuse_to_start(error)

app = Celery("atelier")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # current_app is thread-local: without this a chain started in a thread goes to amqp://localhost
app.autodiscover_tasks()


def second_app() -> Celery:
    """The same application once more: two workers in one process need an app each, for it knows their queues."""
    second = Celery("atelier-second", set_as_current=False)
    second.config_from_object("django.conf:settings", namespace="CELERY")
    second.autodiscover_tasks()
    return second
