"""A worker's engines are loaded by the catalogue's dotted paths, once, within the bound."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import generation
import tests.support
from generation.engines.local import LocalEngines
from generation.pipeline.catalog import Catalog, load_catalog
from generation.pipeline.engines import FACE_FINDER, ROLES, UPSCALER
from generation.pipeline.stage import StageFailed

SHIPPED = Path(generation.__file__).parent


@pytest.fixture
def catalog() -> Catalog:
    shipped = load_catalog(Path(tests.support.__file__).with_name("tiny.toml"), SHIPPED / "styles.toml")
    tiny = shipped.model("tiny")
    return replace(shipped, models=(tiny, replace(tiny, name="other", default_for=())))


def test_each_engine_is_loaded_once(catalog: Catalog, tiny_folder: Path) -> None:
    engines = LocalEngines(catalog, tiny_folder.parent, 10**9)
    for ask in (lambda: engines.text_to_image("tiny"), *(partial(engines.tool, role) for role in ROLES)):
        first, second = ask(), ask()
        assert (first.cache_hit, second.cache_hit) == (False, True)
        assert first.engine is second.engine
        assert first.load_ms > 0


def test_models_share_the_bound_and_the_tools_stay(catalog: Catalog, tiny_folder: Path) -> None:
    engines = LocalEngines(catalog, tiny_folder.parent, 6_000_000)
    engines.tool(UPSCALER)
    engines.tool(FACE_FINDER)
    engines.text_to_image("tiny")
    engines.text_to_image("other")
    assert not engines.text_to_image("tiny").cache_hit
    assert engines.tool(UPSCALER).cache_hit
    assert engines.tool(FACE_FINDER).cache_hit


def test_an_unknown_or_broken_model_fails_and_the_others_still_work(catalog: Catalog, tiny_folder: Path) -> None:
    broken = replace(catalog.model("other"), folder="nowhere")
    engines = LocalEngines(replace(catalog, models=(catalog.model("tiny"), broken)), tiny_folder.parent, 10**9)
    with pytest.raises(StageFailed, match="unknown_model"):
        engines.text_to_image("oil")
    with pytest.raises(StageFailed, match="model_broken"):
        engines.text_to_image("other")
    assert engines.text_to_image("tiny").engine
