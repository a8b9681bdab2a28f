"""A new role is a Protocol, an adapter and an entry that ships; an operator's older catalogue works with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

import generation
from generation.engines.local import LocalEngines
from generation.pipeline.catalog import CatalogInvalid, ToolEntry, load_catalog
from generation.pipeline.engines import ROLES, UPSCALER, Role

SHIPPED = Path(generation.__file__).parent

OLD = """
[[model]]
name = "house"
title = "House"
licence = "proprietary"
adapter = "generation.engines.diffusers_text_to_image:load"
folder = "house"
revision = "1"
serves = ["standard", "photorealistic", "illustration", "book-cover"]
default_for = ["standard", "photorealistic", "illustration", "book-cover"]
native_side = 512

[face_finder]
name = "centerface"
title = "CenterFace"
licence = "MIT"
adapter = "generation.engines.centerface:load"

[upscaler]
name = "our-upscaler"
title = "Ours"
licence = "proprietary"
adapter = "somewhere:load"
threads = 2
"""
"""What an operator wrote for the first release."""

ENTRY = f"""
[matting]
name = "threshold"
title = "Threshold"
licence = "Apache-2.0"
adapter = "{__name__}:load_threshold"
"""


class Matting(Protocol):
    def cut_out(self, pixels: np.ndarray) -> np.ndarray:
        """The (h, w) uint8 alpha of the subject of (h, w, 3) RGB."""
        ...


MATTING: Role[Matting] = Role("matting")
NEXT = (*ROLES, MATTING)
"""The table of the release that knows the role."""


class Threshold:
    """What is not white is the subject."""

    memory_bytes = 0

    def __init__(self, title: str) -> None:
        self.title = title

    def cut_out(self, pixels: np.ndarray) -> np.ndarray:
        return np.where((pixels == 255).all(axis=2), 0, 255).astype(np.uint8)


def load_threshold(entry: ToolEntry, models_dir: Path) -> Threshold:
    """The adapter."""
    return Threshold(entry.title)


Load = Callable[..., LocalEngines]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Engines by the next release's catalogue, with an operator's text laid over it."""
    shipped, own = tmp_path / "shipped.toml", tmp_path / "own.toml"
    shipped.write_text((SHIPPED / "models.toml").read_text() + ENTRY)

    def load_engines(text: str, roles: tuple[Role[object], ...] = NEXT) -> LocalEngines:
        own.write_text(text)
        return LocalEngines(
            load_catalog(own, SHIPPED / "styles.toml", shipped_path=shipped, roles=roles), tmp_path, 10**9
        )

    return load_engines


def test_an_old_catalogue_works_with_a_release_that_knows_another_role(load: Load) -> None:
    loaded = load(OLD).tool(MATTING)
    pixels = np.full((1, 2, 3), 255, np.uint8)
    pixels[0, 1, 0] = 0
    assert loaded.engine.cut_out(pixels).tolist() == [[0, 255]]
    assert not loaded.cache_hit


def test_what_an_old_catalogue_says_of_the_roles_it_knows_stays_true(load: Load) -> None:
    with pytest.raises(ModuleNotFoundError, match="somewhere"):
        load(OLD).tool(UPSCALER)


def test_an_operator_gives_the_role_an_engine_of_their_own(load: Load) -> None:
    engine = load(OLD + ENTRY.replace('"Threshold"', '"Ours"')).tool(MATTING).engine
    assert isinstance(engine, Threshold) and engine.title == "Ours"


def test_two_roles_may_name_one_network(load: Load) -> None:
    engines = load(OLD.replace('name = "our-upscaler"', 'name = "threshold"') + ENTRY)
    assert isinstance(engines.tool(MATTING).engine, Threshold)
    with pytest.raises(ModuleNotFoundError, match="somewhere"):
        engines.tool(UPSCALER)


def test_a_release_that_does_not_know_the_role_says_so(load: Load) -> None:
    with pytest.raises(CatalogInvalid, match="there is no role 'matting'"):
        load(ENTRY, roles=ROLES)
