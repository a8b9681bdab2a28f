"""Publishing rate cards. A card is never changed but replaced by a newer one; existing holds keep their price."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, connection, transaction

from atelier.audit.services import record
from atelier.core.errors import InvalidRequest
from billing.models import RateCard
from billing.rates import NOTICE_SECONDS, clear_cached_steps
from billing.services.transfers import LARGEST


class InvalidRateCard(InvalidRequest):
    code = "invalid_rate_card"
    title = "The rate card cannot be published"


def publish_rate_card(*, steps: list[list[int]], effective_from: datetime, note: str, actor: str) -> RateCard:
    """Prices from `effective_from` on, at least 60 s ahead. Raises `InvalidRateCard`.

    `steps` is [[largest size in pixels, credits], ...]: whole numbers above zero, both ascending.
    """
    check_rate_card(steps=steps, effective_from=effective_from)
    with transaction.atomic():
        card = RateCard(steps=steps, effective_from=effective_from, note=note)
        try:
            with transaction.atomic():
                card.save(force_insert=True)
        except IntegrityError as error:
            raise InvalidRateCard("Another card begins at that moment.") from error
        record(
            workspace_id=None,
            actor=actor,
            action="rates.published",
            subject=str(card.pk),
            facts={"steps": steps, "effectiveFrom": effective_from.isoformat()},
        )
    clear_cached_steps()
    return card


def check_rate_card(*, steps: list[list[int]], effective_from: datetime) -> None:
    """Raises `InvalidRateCard` if `publish_rate_card` would."""
    _check(steps)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s >= clock_timestamp() + %s * interval '1 second'", [effective_from, NOTICE_SECONDS])
        if not cursor.fetchone()[0]:
            raise InvalidRateCard(f"It must begin at least {NOTICE_SECONDS} s from now.")


def _check(steps: list[list[int]]) -> None:
    if type(steps) is not list or not 1 <= len(steps) <= 50:
        raise InvalidRateCard("It needs 1 to 50 steps of [largest size, credits].")
    for step in steps:
        if type(step) is not list or len(step) != 2 or any(type(n) is not int or not 0 < n <= LARGEST for n in step):
            raise InvalidRateCard(f"{step!r} is not [largest size, credits] in whole numbers above zero.")
    if any(low[0] >= high[0] or low[1] > high[1] for low, high in zip(steps, steps[1:], strict=False)):
        raise InvalidRateCard("Sizes must climb from step to step, and credits must not fall.")
