"""Real engines for the contract suites, loaded once a session: both models, CenterFace and Real-ESRGAN."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import generation
from generation.engines.local import LocalEngines
from generation.engines.tiny import make_tiny_model
from generation.pipeline.catalog import load_catalog

SHIPPED = Path(generation.__file__).parent
TINY = Path(__file__).parents[1] / "support" / "tiny.toml"


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> LocalEngines:
    models = tmp_path_factory.mktemp("models")
    make_tiny_model(models / "tiny")
    starter = load_catalog(SHIPPED / "models.toml", SHIPPED / "styles.toml")
    tiny = load_catalog(TINY, SHIPPED / "styles.toml")
    return LocalEngines(replace(starter, models=(*starter.models, *tiny.models)), models, 10**9)
