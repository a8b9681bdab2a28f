"""Celery and its broker. What the database promises is not asked of Celery again: no results, ETA, retries, revoke."""

from atelier.messaging import queues
from atelier.settings import env

CELERY_BROKER_URL = env.text("BROKER_URL", "memory://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"confirm_publish": True, "read_timeout": 20, "write_timeout": 20}
    if CELERY_BROKER_URL.startswith("amqp")
    else {"polling_interval": 0.005}
)
CELERY_TASK_QUEUES = queues.declared()
CELERY_TASK_DEFAULT_QUEUE = queues.CONTROL
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 3,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
}
CELERY_BROKER_HEARTBEAT = 0  # a solo worker cannot answer them during a stage; leases say who is alive
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = 1
CELERY_IMPORTS = ["atelier.worker.signals"]  # beside the tasks: what a worker starts and ends with
CELERY_WORKER_CONSUMER = "atelier.worker.consumer.Consumer"
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_TASK_SEND_SENT_EVENT = False  # a confirmed message beside each message; Flower shows what workers received
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ENABLE_UTC = True
ATELIER_PUBLISH_TIMEOUT_SECONDS = 5
