"""Callers of the API inside the test's process, through every middleware, over a real database."""

from __future__ import annotations

import pytest

from tests.integration.generation.api.caller import Caller
from tests.support.stories import open_workspace, start_worker


@pytest.fixture
def api(committed: object) -> Caller:
    """A studio workspace with 1,000 credits, and a worker that serves the model `tiny`."""
    start_worker()
    return Caller.of(open_workspace("one"))


@pytest.fixture
def stranger(committed: object) -> Caller:
    """Another workspace."""
    return Caller.of(open_workspace("two"))
