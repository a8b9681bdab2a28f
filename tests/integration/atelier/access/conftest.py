"""Fixtures of the stories about who may do what."""

from __future__ import annotations

import pytest
from pytest_django import Settings


@pytest.fixture
def no_limits(settings: Settings) -> None:
    """Ask as often as the story needs."""
    settings.ATELIER_RATE_LIMITS = False
