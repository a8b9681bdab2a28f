"""Log records as JSON, one a line, with the ids of the objects concerned; secrets are masked."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

SECRETS = re.compile(r"(atl_live_)[A-Za-z0-9_]+|(://[^:/@\s]*:)[^@\s]{1,500}(?=@)|(/files/)[^\s\"']+")
FIELDS = ("generation_id", "workspace_id", "stage", "fence", "attempt", "request_id", "code", "duration_ms")


def mask(text: str) -> str:
    """Hide API keys, passwords in URLs, and the tokens of file links."""
    return SECRETS.sub(lambda found: next(filter(None, found.groups())) + "***", text)


class ClientsFault(logging.Filter):
    """What Django calls suspicious is a client's mistake, whatever its class: a warning in one line, no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True


class JsonFormatter(logging.Formatter):
    """A record with time, level, logger and message, those of FIELDS that it has, and its traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        fields = {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        line |= {name: mask(value) if isinstance(value, str) else value for name, value in fields.items()}
        if record.exc_info:
            line["traceback"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)
