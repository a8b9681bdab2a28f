"""How long assets and the links to them live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage.retention import expiry, link_seconds

MADE = datetime(2027, 3, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize("days", [1, 7, 90, 365])
def test_an_asset_lives_whole_days_of_24_hours(days: int) -> None:
    assert expiry(MADE, days) - MADE == timedelta(hours=24 * days)


def test_a_change_of_the_clocks_in_summer_does_not_matter() -> None:
    local = MADE.astimezone(timezone(timedelta(hours=1)))
    assert expiry(local, 7) == expiry(MADE, 7)


@pytest.mark.parametrize("days", [0, -1])
def test_no_asset_is_born_expired(days: int) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        expiry(MADE, days)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        expiry(MADE.replace(tzinfo=None), 7)


@pytest.mark.parametrize(
    ("left", "seconds"), [(10_000, 900), (900, 900), (899.9, 899), (1, 1), (0.5, 0), (0, 0), (-5, 0)]
)
def test_a_link_never_outlives_its_asset(left: float, seconds: int) -> None:
    assert link_seconds(MADE, MADE + timedelta(seconds=left), 900) == seconds
