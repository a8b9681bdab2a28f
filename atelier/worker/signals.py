"""Attaches presence and the webhooks' courier to Celery's worker signals.

Named in CELERY_IMPORTS: a worker loads it when it starts, after the apps. Nothing else imports it.
"""

from atelier import webhook_wiring
from atelier.worker import presence

presence.connect()
webhook_wiring.connect()
