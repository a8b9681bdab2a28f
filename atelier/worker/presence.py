"""A worker's side of presence: says it is alive while it runs, and gives back its work when it is told to stop."""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from atelier.core.configuration import check_configuration, refuse_to_start
from atelier.core.db.database import attempt
from atelier.core.db.policies import check_policies
from atelier.core.tasks import worker_name
from generation.catalog import get_catalog, list_loadable_models
from generation.device import LINK_RUNNERS
from generation.heartbeat import leaving
from generation.pipeline.engines import FACE_FINDER
from generation.runner import get_engines
from generation.services.presence import BEAT_SECONDS, announce_worker, retire_worker

MAIN = "atelier"
RETRY_SECONDS = 1.0
FINISH_SECONDS = 5.0
"""How long a leaving worker waits for links that still store; they have been told to give their generations back."""

log = logging.getLogger(__name__)
_stopped = threading.Event()
_beats: list[threading.Thread] = []


def connect() -> None:
    """Attach to Celery's worker signals. Called once, by atelier.worker.signals."""
    worker_ready.connect(_start, dispatch_uid="presence.start")
    worker_shutting_down.connect(_leave, dispatch_uid="presence.leave")
    worker_shutdown.connect(_end, dispatch_uid="presence.end")


def _start(sender: Any, **_: Any) -> None:
    if sender.app.main != MAIN:
        return  # a second worker in this process: the first speaks for it
    _stopped.clear()
    leaving.clear()
    try:
        check_configuration()
        attempt(check_policies, "policies")
    except ImproperlyConfigured as error:
        refuse_to_start(error)
    queues = list(sender.app.amqp.queues.consume_from)
    draws = any(name.startswith("gpu.") for name in queues)
    models = list_loadable_models() if draws else []
    log.info("worker %s serves %s; models: %s", worker_name(), ", ".join(queues), ", ".join(models) or "none")
    # Celery takes its first message when this has returned: who cannot be known to the scheduler takes no work.
    while not (_announce(queues, models) or leaving.wait(RETRY_SECONDS)):
        pass
    _beats.append(threading.Thread(target=_beat, args=(queues, models), name="presence", daemon=True))
    _beats[-1].start()
    if draws:
        threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _beat(queues: list[str], models: list[str]) -> None:
    while not _stopped.wait(BEAT_SECONDS):
        _announce(queues, models)


def _announce(queues: list[str], models: list[str]) -> bool:
    """Say once that this worker is alive; False when nobody heard it."""

    def announce() -> bool:
        announce_worker(name=worker_name(), queues=queues, models=models)
        return True

    try:
        return bool(attempt(announce, "presence"))
    except Exception:  # a worker that works on in silence would get no work
        log.exception("presence: could not say that this worker is alive")
        return False
    finally:
        connection.close()


def _warm_up() -> None:
    """Load what most requests need before the first one asks; a request that comes earlier waits for this load."""
    try:
        get_engines().text_to_image(get_catalog().default_for("standard").name)
        get_engines().tool(FACE_FINDER)
    except Exception as error:  # the generation that needs it will say the same to its client
        log.warning("warm-up failed: %s", error)


def _leave(**_: Any) -> None:
    leaving.set()


def _end(**_: Any) -> None:
    _stopped.set()
    for runner in LINK_RUNNERS.values():
        runner.finish(FINISH_SECONDS)
    while _beats:  # or a late heartbeat would register the worker again
        _beats.pop().join(timeout=BEAT_SECONDS)
    attempt(lambda: retire_worker(name=worker_name()), "presence")
