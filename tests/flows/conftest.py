"""One server stack for all flows, with the workers of deploy/workers.yaml; after each story its books are judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.client import Api
from tests.support.ears import Ear
from tests.support.installation import Installation, installed
from tests.support.servers import short_directory

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this package needs the stack."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="package")
def ear() -> Iterator[Ear]:
    """A receiver of webhooks that the stack may call."""
    with short_directory() as directory:
        ear = Ear(directory)
        yield ear
        ear.close()


@pytest.fixture(scope="package")
def running(ear: Ear) -> Iterator[Installation]:
    """The stack, with Flower and the real tiny model beside the stubs."""
    with (
        short_directory() as directory,
        installed(directory, flower=True, tiny=True, **ear.environment) as installation,
    ):
        yield installation


@pytest.fixture
def installation(running: Installation) -> Iterator[Installation]:
    """The stack; afterwards everything that was accepted has ended, and the judge finds no fault."""
    yield running
    running.judge()


@pytest.fixture
def api(installation: Installation) -> Api:
    """A client for a studio workspace of its own."""
    return installation.api()
