"""An authority and a name server for senders without a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificates import Authority
from tests.support.nameserver import NameServer


@pytest.fixture(scope="package")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(Path(tmp_path_factory.mktemp("authority")))


@pytest.fixture
def names() -> Iterator[NameServer]:
    server = NameServer()
    server.names["shop.example"] = ["127.0.0.1"]
    yield server
    server.close()
