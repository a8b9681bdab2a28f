"""A spec: fixed, complete, the same after a journey through the database, and one seed for every image."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.spec import MAX_SEED, STEPS_BY_QUALITY, GenerationSpec
from tests.support.specs import make_spec

# PostgreSQL's jsonb holds every text but NUL and lone surrogates, which the API refuses.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=50)


@given(prompt=TEXTS, style=st.none() | TEXTS, seed=st.integers(0, MAX_SEED), scale=st.none() | st.floats(0, 30))
def test_a_spec_survives_json(prompt: str, style: str | None, seed: int, scale: float | None) -> None:
    spec = make_spec(prompt=prompt, style=style, seed=seed, guidance_scale=scale)
    assert GenerationSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        make_spec().seed = 8  # type: ignore[misc]  # what is tested


def test_nothing_is_left_to_a_default() -> None:
    values = make_spec().to_json()
    assert set(values) == {field.name for field in fields(GenerationSpec)}
    for name in values:
        with pytest.raises(TypeError):
            GenerationSpec.from_json({key: value for key, value in values.items() if key != name})
    with pytest.raises(TypeError):
        GenerationSpec.from_json(values | {"sharpness": 1})


def test_image_k_has_seed_plus_k_and_wraps_at_the_end() -> None:
    spec = make_spec(seed=MAX_SEED - 1)
    assert [spec.image_seed(index) for index in range(4)] == [MAX_SEED - 1, MAX_SEED, 0, 1]


@given(seed=st.integers(0, MAX_SEED), count=st.integers(1, 8))
def test_the_images_of_one_request_have_different_seeds_in_range(seed: int, count: int) -> None:
    seeds = [make_spec(seed=seed).image_seed(index) for index in range(count)]
    assert len(set(seeds)) == count
    assert all(0 <= value <= MAX_SEED for value in seeds)


def test_quality_buys_steps() -> None:
    assert STEPS_BY_QUALITY == {"standard": 20, "high": 35, "ultra": 50}
