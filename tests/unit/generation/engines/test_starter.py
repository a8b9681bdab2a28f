"""The starter model's notes, guidance and styles, with the weights that ship."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import generation
from generation.engines.starter import NEAREST_STYLE, OWN_STYLE, StarterTextToImage, load
from generation.pipeline.catalog import load_catalog
from generation.pipeline.engines import DrawRequest
from generation.starter.codes import Codes

SHIPPED = Path(generation.__file__).parent
REQUEST = DrawRequest("a red apple, 3d style", "", 64, 64, 4, None, (1,), subject="a red apple")


@pytest.fixture(scope="module")
def starter() -> StarterTextToImage:
    catalog = load_catalog(SHIPPED / "models.toml", SHIPPED / "styles.toml")
    return load(catalog.model("starter"), Path("nowhere"))


def draw(starter: StarterTextToImage, **changes: object) -> np.ndarray:
    return next(iter(starter.draw(replace(REQUEST, **changes), lambda done, total: None)))  # type: ignore[arg-type]


def test_a_known_thing_in_a_known_style_needs_no_note(starter: StarterTextToImage) -> None:
    assert starter.notes(replace(REQUEST, style="noto", generation_type="illustration")) == []


def test_what_stands_in_is_told(starter: StarterTextToImage) -> None:
    (stand_in,) = starter.notes(replace(REQUEST, generation_type="photorealistic"))
    assert "No model for photorealistic" in stand_in
    (style,) = starter.notes(replace(REQUEST, style="watercolor"))
    assert "style watercolor and drew in its style noto" in style
    (nearest,) = starter.notes(replace(REQUEST, subject="quixotic"))
    assert "nearest thing it knows" in nearest


def test_pictures_of_one_prompt_are_near_equal_and_a_note_says_so(starter: StarterTextToImage) -> None:
    eight = replace(REQUEST, subject="a cat", seeds=tuple(range(8)), steps=8)
    first, *others = starter.draw(eight, lambda done, total: None)
    assert max(np.abs(first.astype(int) - other).mean() for other in others) < 8
    assert [note for note in starter.notes(eight) if "differ little from seed to seed" in note]
    assert starter.notes(replace(eight, seeds=(1,))) == []


@pytest.mark.parametrize(
    ("negative", "guidance", "unused"),
    [
        ("blurry, ugly", None, "blurry, ugly"),
        ("tomato, blurry", None, "blurry"),
        ("tomato", None, ""),
        ("red apple", None, "red apple"),  # it is what is drawn
        ("tomato", 1.0, "tomato"),  # nothing guides away from it
        ("tomato", 0.0, "tomato"),
    ],
)
def test_what_a_negative_prompt_does_not_do_is_told(
    starter: StarterTextToImage, negative: str, guidance: float | None, unused: str
) -> None:
    asked = replace(REQUEST, unwanted=negative, negative_prompt=negative, guidance_scale=guidance)
    assert starter.notes(asked) == (
        [f"The starter model did not use this of the negative prompt: {unused}."] if unused else []
    )
    alike = (
        draw(starter, negative_prompt=negative, guidance_scale=guidance) == draw(starter, guidance_scale=guidance)
    ).all()
    assert alike == (unused == negative)


def test_the_negative_words_of_a_style_are_not_the_clients(starter: StarterTextToImage) -> None:
    assert starter.notes(replace(REQUEST, negative_prompt="photograph, blur", unwanted="")) == []


def test_guidance_beyond_what_the_model_bears_is_cut_and_told(starter: StarterTextToImage) -> None:
    (note,) = starter.notes(replace(REQUEST, guidance_scale=30.0))
    assert note == "The model starter is ruined by a guidanceScale of 30: it drew with 8, the most it bears."
    assert (draw(starter, guidance_scale=30.0) == draw(starter, guidance_scale=8.0)).all()
    assert starter.notes(replace(REQUEST, guidance_scale=8.0)) == []


def test_an_apple_is_red_in_the_middle_and_white_at_the_corners(starter: StarterTextToImage) -> None:
    picture = draw(starter, steps=12).astype(int)
    red, green, blue = picture[28:44, 22:42].reshape(-1, 3).mean(0)
    assert red > 150
    assert red > 2 * max(green, blue)
    assert (picture[[0, 0, -1, -1], [0, -1, 0, -1]] > 250).all()


def test_styles_guidance_negative_prompt_and_background_change_the_picture(starter: StarterTextToImage) -> None:
    usual = draw(starter)
    changes = (
        {"style": "3d"},
        {"guidance_scale": 4.0},
        {"negative_prompt": "tomato"},
        {"subject": "a red apple on a blue background"},
    )
    for change in changes:
        assert (draw(starter, **change) != usual).any()


def test_it_draws_in_one_thread_and_leaves_the_others_to_larger_models(starter: StarterTextToImage) -> None:
    before, during = torch.get_num_threads(), []
    torch.set_num_threads(2)
    try:
        list(starter.draw(REQUEST, lambda done, total: during.append(torch.get_num_threads())))
        assert set(during) == {1}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_every_offered_style_is_known_or_has_a_nearest() -> None:
    styles = {style.name for style in load_catalog(SHIPPED / "models.toml", SHIPPED / "styles.toml").styles}
    assert styles == set(NEAREST_STYLE) | set(OWN_STYLE)


def test_an_unknown_style_lists_the_known_ones(starter: StarterTextToImage) -> None:
    codes: Codes = starter._pipeline.codes
    with pytest.raises(ValueError, match="flat, 3d, noto"):
        codes.plain(0, "cubism")
