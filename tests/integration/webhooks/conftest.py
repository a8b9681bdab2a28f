"""A street of receivers on loopback: names, certificates, and a courier that may go there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.integration.webhooks.street import Street
from tests.support.certificates import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(Path(tmp_path_factory.mktemp("authority")))


@pytest.fixture
def street(committed: object, authority: Authority, settings: Settings) -> Iterator[Street]:
    """Names that lead to loopback, which is allowed here, and receivers behind them."""
    street = Street(authority, settings)
    try:
        yield street
    finally:
        street.close()
