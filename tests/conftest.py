"""Fixtures for every test: a real PostgreSQL, used as the service's role, with real commits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from atelier.stacks.postgres import Postgres
from tests.support import database
from tests.support.environment import DATABASE


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

    from atelier.core.tenancy import across

    with django_db_blocker.unblock(), across("tests"):  # a test sees everything; what it calls says for whom
        yield postgres
        connections.close_all()
    database.empty(postgres.superuser_url)
