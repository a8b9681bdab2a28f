"""Real engines for the contract suites: the tiny model, CenterFace and Real-ESRGAN, loaded once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

import generation
from generation.engines.local import LocalEngines
from generation.engines.tiny import make_tiny_model
from generation.pipeline.catalog import load_catalog

SHIPPED = Path(generation.__file__).parent


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> LocalEngines:
    models = tmp_path_factory.mktemp("models")
    make_tiny_model(models / "tiny")
    return LocalEngines(load_catalog(SHIPPED / "models.toml", SHIPPED / "styles.toml"), models, 10**9)
