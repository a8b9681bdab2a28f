"""A spec: fixed, complete, the same after a journey through the database, readable from rows of every release."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.registry import stages_of
from generation.pipeline.spec import MAX_SEED, STEPS_BY_QUALITY, Shot, Spec, repeated
from tests.support.specs import SHOT, make_spec

# PostgreSQL's jsonb holds every text but NUL and lone surrogates, which the API refuses.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=50)
RELEASED = sorted((Path(__file__).parents[3] / "support" / "released_specs").glob("*.json"))
"""A spec of each released shape, as its row held it: name of the release, and what it shows."""


def journey(spec: Spec) -> Spec:
    return Spec.from_json(json.loads(json.dumps(spec.to_json())))


@given(prompt=TEXTS, style=st.none() | TEXTS, seed=st.integers(0, MAX_SEED), scale=st.none() | st.floats(0, 30))
def test_a_spec_survives_json(prompt: str, style: str | None, seed: int, scale: float | None) -> None:
    spec = make_spec(prompt=prompt, style=style, seed=seed, guidance_scale=scale)
    assert journey(spec) == spec


@given(
    st.lists(st.builds(Shot, prompt=TEXTS, role=TEXTS, seed=st.integers(0, MAX_SEED)), min_size=1, max_size=4),
    st.dictionaries(TEXTS, TEXTS, max_size=3),
)
def test_shots_of_every_sort_survive_json(shots: list[Shot], brief: dict[str, str]) -> None:
    numbered = tuple(replace(shot, index=index) for index, shot in enumerate(shots))
    spec = make_spec(shots=numbered, kind="poses", brief=brief)
    assert journey(spec) == spec
    assert spec.to_json()["count"] == len(shots)


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        make_spec().model = "other"  # type: ignore[misc]  # what is tested


def test_images_of_one_prompt_are_written_as_before_there_were_shots() -> None:
    """A worker of the release before reads exactly these members, and refuses any other."""
    assert set(make_spec(count=3).to_json()) == set(json.loads(RELEASED[0].read_text()))


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_every_released_shape_is_read(path: Path) -> None:
    row: dict[str, Any] = json.loads(path.read_text())
    spec = Spec.from_json(row)
    assert spec.count == row["count"] >= 1
    assert [shot.index for shot in spec.shots] == list(range(spec.count))
    assert spec.seed == row.get("seed", spec.seed)
    assert stages_of(spec)[-1] == "upload"
    assert journey(spec) == spec


def test_members_of_a_newer_release_are_ignored_and_missing_ones_get_their_default() -> None:
    members = make_spec().to_json()
    assert Spec.from_json(members | {"sharpness": 1}) == make_spec()
    for name in set(members) - {"generation_id", "model"}:
        Spec.from_json({key: value for key, value in members.items() if key != name})
    shots = replace(make_spec(), shots=(SHOT, replace(SHOT, index=1, prompt="a pear"))).to_json()
    shots["shots"][1] |= {"sharpness": 1}
    del shots["shots"][1]["width"]
    assert Spec.from_json(shots).shots[1].prompt == "a pear"


@pytest.mark.parametrize("name", ["generation_id", "model"])
def test_what_every_release_wrote_must_be_there(name: str) -> None:
    with pytest.raises(KeyError):
        Spec.from_json({key: value for key, value in make_spec().to_json().items() if key != name})


def test_image_k_has_seed_plus_k_and_wraps_at_the_end() -> None:
    shots = make_spec(seed=MAX_SEED - 1, count=4).shots
    assert [shot.seed for shot in shots] == [MAX_SEED - 1, MAX_SEED, 0, 1]


@given(seed=st.integers(0, MAX_SEED), count=st.integers(1, 8))
def test_the_images_of_one_request_have_different_seeds_in_range(seed: int, count: int) -> None:
    seeds = [shot.seed for shot in repeated(Shot(seed=seed), count)]
    assert len(set(seeds)) == count
    assert all(0 <= value <= MAX_SEED for value in seeds)


def test_quality_buys_steps() -> None:
    assert STEPS_BY_QUALITY == {"standard": 20, "high": 35, "ultra": 50}
