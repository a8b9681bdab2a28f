"""How long assets and the links to them live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.retention import lifetime, link_seconds

MADE = datetime(2027, 3, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize("days", [1, 7, 90, 365])
def test_an_asset_lives_whole_days_of_24_hours(days: int) -> None:
    assert lifetime(days).total_seconds() == days * 86_400


@pytest.mark.parametrize("days", [0, -1])
def test_no_asset_is_born_expired(days: int) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        lifetime(days)


@pytest.mark.parametrize(
    ("left", "seconds"), [(10_000, 900), (900, 900), (899.9, 899), (1, 1), (0.5, 0), (0, 0), (-5, 0)]
)
def test_a_link_never_outlives_its_asset(left: float, seconds: int) -> None:
    assert link_seconds(MADE, MADE + timedelta(seconds=left), 900) == seconds
