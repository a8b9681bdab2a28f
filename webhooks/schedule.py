"""When a delivery is tried again. Pure: chance and time are arguments."""

from __future__ import annotations

BASE_SECONDS, FACTOR, RETRIES = 5.0, 8, 5
JITTER = 0.2
SENDS = 1 + RETRIES
"""The first try and five retries; then the dead-letter table."""
GIVE_UP_HOURS = 120
"""An endpoint without a success for so long is switched off."""


def base_delay(failed: int) -> float:
    """Seconds to wait after the `failed`-th failure in a row (1..5): 5, 40, 320, 2,560, 20,480.

    Raises ValueError outside the range: there is no retry then.
    """
    if not 1 <= failed <= RETRIES:
        raise ValueError(f"There is no retry after failure {failed}.")
    return BASE_SECONDS * FACTOR ** (failed - 1)


def next_delay(failed: int, *, chance: float, retry_after: float | None = None) -> float:
    """Seconds until the next try: the base with 20 % jitter either way, or what the receiver asks for.

    `chance` is uniform in 0..1; `retry_after` (RFC 9110, section 10.2.3) counts within base..2 x base.
    """
    base = base_delay(failed)
    if retry_after is not None:
        return min(max(retry_after, base), 2 * base)
    return base * (1 + JITTER * (2 * chance - 1))
