"""Fixtures for every test: a real PostgreSQL, used as the service's role, with real commits."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from atelier.stacks.postgres import Postgres
from tests.support import database
from tests.support.environment import DATABASE

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # a busy machine is no finding

STACKS = ("faults", "flows")
"""Packages that share one stack, by how long they run: they begin first, and the rest fills the gaps in their waits."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Which tests stay together in one process of `make test` (pytest-xdist): a stack's, and those of a file."""
    items.sort(key=lambda item: STACKS.index(_room(item)) if _room(item) in STACKS else len(STACKS))
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_room(item) if _room(item) in STACKS else str(item.path)))


def _room(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A story of a stack that failed leaves the logs of all parts: what happened once may not happen again."""
    report = yield
    installation = getattr(item, "funcargs", {}).get("installation")
    if report.failed and installation is not None:
        kept = installation.keep_logs(f"{item.path.stem}.{item.name}".replace("/", "_")[:100])
        report.sections.append(("logs of the stack", f"kept in {kept}"))
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The session's server, migrated. Stopped by its pid at the end."""
    try:
        database.prepare(DATABASE)
        yield DATABASE
    finally:
        DATABASE.stop()


@pytest.fixture
def committed(postgres: Postgres, django_db_blocker: pytest.FixtureRequest) -> Iterator[Postgres]:
    """Database access with real commits; every table is emptied afterwards."""
    from django.db import connections

    from atelier.core.db.tenancy import across
    from atelier.site.health import PROBES
    from generation.services.admission import SERVED
    from generation.services.estimates import QUEUES

    for known in (SERVED, QUEUES, *PROBES.values()):  # by another test, a moment ago
        known.clear()
    with django_db_blocker.unblock(), across("tests"):  # a test sees everything; what it calls says for whom
        yield postgres
        for probe in PROBES.values():
            probe.clear()
        connections.close_all()
    database.empty(postgres.superuser_url)
