"""The id of the request that this thread is answering, and how log records come by it."""

from __future__ import annotations

import contextvars
import logging

current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id")


class NamesRequest(logging.Filter):
    """Lets every record pass, with the id of the request it was written for."""

    def filter(self, record: logging.LogRecord) -> bool:
        name = current.get(None)
        if name is not None and not hasattr(record, "request_id"):
            record.request_id = name
        return True
