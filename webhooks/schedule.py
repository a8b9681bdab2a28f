"""The retry schedule of deliveries. Pure: randomness is an argument."""

from __future__ import annotations

BASE_SECONDS, FACTOR, RETRIES = 5.0, 8, 5
JITTER = 0.2
SENDS = 1 + RETRIES
"""The first attempt and five retries; after that the delivery becomes a dead letter."""
GIVE_UP_HOURS = 120
"""An endpoint is disabled after so many hours of failures without a success."""


def base_delay(failed: int) -> float:
    """Seconds to wait after the `failed`-th failure in a row (1..5): 5, 40, 320, 2,560, 20,480.

    Raises ValueError outside the range, where there is no retry.
    """
    if not 1 <= failed <= RETRIES:
        raise ValueError(f"There is no retry after failure {failed}.")
    return BASE_SECONDS * FACTOR ** (failed - 1)


def next_delay(failed: int, *, chance: float, retry_after: float | None = None) -> float:
    """Seconds until the next attempt: `base_delay` with 20 % jitter either way, or the receiver's `retry_after`.

    `chance` is uniform in 0..1; `retry_after` (RFC 9110, section 10.2.3) is limited to base..2 x base.
    """
    base = base_delay(failed)
    if retry_after is not None:
        return min(max(retry_after, base), 2 * base)
    return base * (1 + JITTER * (2 * chance - 1))
