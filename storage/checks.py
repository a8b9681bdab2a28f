"""Checks of where the bytes are kept, for `manage.py check` and for every process that starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from storage.location import InvalidStorageUrl, parse_location


def check_location(*_: Any, **__: Any) -> list[CheckMessage]:
    """ATELIER_STORAGE_URL names a backend."""
    try:
        parse_location(settings.ATELIER_STORAGE_URL)
    except InvalidStorageUrl as error:
        return [Error(f"ATELIER_STORAGE_URL: {error}.", id="storage.E001")]
    return []
