"""What a picture costs: the published rate card, at its edges and between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.pricing import RateCard, captured_price

RATE_CARD = ((2_100_000, 1), (4_200_000, 2), (16_800_000, 4), (33_200_000, 8))
CARD = RateCard(RATE_CARD)
LARGEST_AREA, image_price = CARD.largest_area, CARD.image_price

SIDES = st.integers(64, 8192)


@pytest.mark.parametrize(
    ("width", "height", "credits"),
    [
        (64, 64, 1),
        (1024, 1024, 1),
        (1400, 1500, 1),  # 2.1 megapixels exactly
        (1401, 1500, 2),
        (2000, 2100, 2),  # 4.2
        (2001, 2100, 4),
        (3840, 2160, 4),
        (4096, 4096, 4),
        (4000, 4201, 8),
        (7680, 4320, 8),
        (8000, 4150, 8),  # 33.2
    ],
)
def test_the_rate_card(width: int, height: int, credits: int) -> None:
    assert image_price(width, height) == image_price(height, width) == credits


def test_a_size_without_a_price_is_no_promise() -> None:
    with pytest.raises(ValueError, match="above"):
        image_price(8192, 8192)


@given(SIDES, SIDES, SIDES, SIDES)
def test_a_larger_picture_never_costs_less(width: int, height: int, more_width: int, more_height: int) -> None:
    small, large = sorted([width * height, more_width * more_height])
    if large <= LARGEST_AREA:
        assert image_price(small, 1) <= image_price(large, 1)


def test_the_card_climbs() -> None:
    areas, credits = zip(*RATE_CARD, strict=True)
    assert list(areas) == sorted(set(areas))
    assert list(credits) == sorted(set(credits))
    assert all(type(number) is int for number in (*areas, *credits))


@given(price=st.integers(1, 8), count=st.integers(1, 8), delivered=st.integers(0, 8))
def test_what_is_captured_is_the_price_of_what_arrived(price: int, count: int, delivered: int) -> None:
    delivered = min(delivered, count)
    captured = captured_price(price * count, delivered, count)
    assert captured == price * delivered
    assert type(captured) is int
