"""Sending tasks with the broker's confirmation, over one connection that is dropped after any doubt."""

from __future__ import annotations

from typing import Any

from celery import Celery
from django.conf import settings
from kombu import Connection, Producer


class Publisher:
    """For one thread. After an error the connection is closed: a confirmation that comes late must not be taken
    for the next message's."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    def send(self, task: str, *, args: tuple[Any, ...], kwargs: dict[str, Any], queue: str) -> None:
        """Publish one task and return when the broker has it. Raises within the publish timeout (5 s) if not."""
        try:
            self._app.send_task(
                task,
                args=args,
                kwargs=kwargs,
                queue=queue,
                producer=self._open(),
                retry=False,
                confirm_timeout=settings.ATELIER_PUBLISH_TIMEOUT_SECONDS,
            )
        except BaseException:
            self._drop()
            raise

    def _open(self) -> Producer:
        if self._producer is None:
            self._connection = self._app.connection_for_write(connect_timeout=settings.ATELIER_PUBLISH_TIMEOUT_SECONDS)
            self._producer = self._app.amqp.Producer(self._connection, auto_declare=False)
        return self._producer

    def _drop(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            connection.collect(socket_timeout=1)
