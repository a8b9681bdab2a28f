"""The native size has the picture's shape, suits the model and is never larger than needed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.catalog import LEAST_SIDE, ModelEntry, native_size

SIDES = st.integers(64, 8192)
NATIVE = st.integers(64, 2048)
MULTIPLES = st.sampled_from([1, 8, 16, 64])


def entry(native_side: int, multiple: int = 8, **changes: int) -> ModelEntry:
    return ModelEntry(
        name="one",
        title="One",
        adapter="a:b",
        revision="1",
        licence="MIT",
        serves=(),
        folder="one",
        native_side=native_side,
        multiple=multiple,
        **changes,
    )


def rounded_up(length: int, multiple: int) -> int:
    return math.ceil(length / multiple) * multiple


@pytest.mark.parametrize(
    ("native_side", "final", "native"),
    [
        (1024, (1024, 1024), (1024, 1024)),
        (1024, (512, 512), (512, 512)),
        (1024, (1920, 1080), (1368, 768)),
        (1024, (1600, 2560), (808, 1296)),
        (1024, (8192, 8192), (1024, 1024)),
        (1024, (100, 100), (104, 104)),
        (64, (1024, 1024), (64, 64)),
        (64, (4096, 1024), (256, 64)),
    ],
)
def test_worked_examples(native_side: int, final: tuple[int, int], native: tuple[int, int]) -> None:
    assert native_size(entry(native_side), *final) == native


@given(SIDES, SIDES, NATIVE, MULTIPLES)
def test_both_sides_are_multiples_and_no_larger_than_needed(
    width: int, height: int, native_side: int, multiple: int
) -> None:
    native = native_size(entry(native_side, multiple), width, height)
    for drawn, final in zip(native, (width, height), strict=True):
        assert drawn % multiple == 0
        assert LEAST_SIDE <= drawn <= rounded_up(final, multiple)


@given(SIDES, SIDES, NATIVE, MULTIPLES)
def test_the_area_is_about_that_of_the_model_unless_a_side_would_get_too_short(
    width: int, height: int, native_side: int, multiple: int
) -> None:
    drawn_width, drawn_height = native_size(entry(native_side, multiple), width, height)
    wanted = min(native_side**2, width * height)
    slack = multiple * (drawn_width + drawn_height)
    if min(drawn_width, drawn_height) > rounded_up(LEAST_SIDE, multiple):
        assert wanted - slack <= drawn_width * drawn_height <= wanted + slack


@given(SIDES, SIDES, NATIVE)
def test_the_shape_is_kept_as_far_as_the_multiple_allows(width: int, height: int, native_side: int) -> None:
    drawn_width, drawn_height = native_size(entry(native_side), width, height)
    assert abs(drawn_width * height - drawn_height * width) <= 8 * (width + height)


@given(SIDES, SIDES)
def test_the_longest_side_is_bounded_where_the_model_says_so(width: int, height: int) -> None:
    assert max(native_size(entry(256, max_native_side=512), width, height)) <= 512


@given(st.integers(64, 512), st.integers(64, 512))
def test_a_small_picture_is_drawn_larger_where_the_model_needs_it(width: int, height: int) -> None:
    drawn_width, drawn_height = native_size(entry(1024, min_native_side=512), width, height)
    assert drawn_width * drawn_height >= (512 - 8) ** 2
