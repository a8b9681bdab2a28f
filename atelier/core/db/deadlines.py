"""The budgets of a request's stages: how long each may take, and the error when it takes longer.

The time of a budget counts from the stage's first SQL statement. It is checked before each statement, and PostgreSQL
enforces what is left as `statement_timeout`, which costs no round trip of its own. A stage without a statement is
checked at its end. Exceeding a budget is a 503 with the stage's own code; the transaction is rolled back and nothing
is charged.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.db import OperationalError
from psycopg.errors import QueryCanceled

from atelier.core.errors import AtelierError

log = logging.getLogger(__name__)
RETRY_SECONDS = "1"


class StageTooSlow(AtelierError):
    """A stage of the request pipeline exceeded its budget: the service is overloaded. Base of one code a stage."""

    code = "stage_too_slow"
    status = 503
    title = "A stage of the request took too long"


class SchemaTooSlow(StageTooSlow):
    """Reading and checking the request took longer than 50 ms. Nothing was done; try again."""

    code = "validation_timeout"
    title = "Checking the request took too long"


class AuthenticationTooSlow(StageTooSlow):
    """Finding out who asks took longer than 100 ms. Nothing was done; try again."""

    code = "authentication_timeout"
    title = "Authentication took too long"


class RateTooSlow(StageTooSlow):
    """Counting the request took longer than 20 ms, also because many come at once. Not counted; try again."""

    code = "rate_limit_timeout"
    title = "Checking the rate limits took too long"


class CreditTooSlow(StageTooSlow):
    """Holding the credits took longer than 150 ms. Nothing is held; try again."""

    code = "credit_timeout"
    title = "Holding the credits took too long"


class EnqueueTooSlow(StageTooSlow):
    """Writing the generation took longer than 100 ms. Nothing was written, nothing is held; try again."""

    code = "enqueue_timeout"
    title = "Queueing took too long"


STAGES: dict[str, tuple[int, type[StageTooSlow]]] = {
    "schema": (50, SchemaTooSlow),
    "auth": (100, AuthenticationTooSlow),
    "rate": (20, RateTooSlow),
    "credit": (150, CreditTooSlow),
    "enqueue": (100, EnqueueTooSlow),
}
"""Name: (budget in milliseconds, the error when it is exceeded). From the architecture document, API gateway."""


@dataclass(slots=True)
class _Budget:
    name: str
    budget_ms: float
    began: float = field(default_factory=time.monotonic)
    asked: float | None = None

    @property
    def spent_ms(self) -> float:
        return (time.monotonic() - self.began) * 1000

    def refusal(self) -> StageTooSlow:
        detail = f"The stage {self.name!r} may take {self.budget_ms:g} ms. Nothing was charged; try again."
        return STAGES[self.name][1](detail, headers={"Retry-After": RETRY_SECONDS}, budgetMs=self.budget_ms)


_running: ContextVar[_Budget | None] = ContextVar("budget", default=None)
_spent: ContextVar[dict[str, float] | None] = ContextVar("stages", default=None)


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Measure a request: yields a dict that fills with the milliseconds spent in each stage."""
    figures: dict[str, float] = {}
    token = _spent.set(figures)
    try:
        yield figures
    finally:
        _spent.reset(token)


@contextmanager
def budget(name: str) -> Iterator[None]:
    """Run a stage within its budget. Raises the stage's `StageTooSlow`; a nested budget is independent."""
    current = _Budget(name, STAGES[name][0] * settings.ATELIER_STAGE_BUDGETS)
    token = _running.set(current)
    try:
        yield
        if current.asked is None and current.budget_ms and current.spent_ms > current.budget_ms:
            raise current.refusal()
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise current.refusal() from error
        raise
    finally:
        _running.reset(token)
        _note(current)


def _note(done: _Budget) -> None:
    """Add the time spent to `measured()`, and log a stage that exceeded its budget, whether or not it was refused."""
    spent = done.spent_ms
    figures = _spent.get()
    if figures is not None:
        figures[done.name] = figures.get(done.name, 0.0) + spent
    if done.budget_ms and spent > done.budget_ms:
        log.warning("stage over its budget", extra={"stage": done.name, "ms": round(spent), "budget": done.budget_ms})


def is_limited() -> bool:
    """Whether the code runs within a budget other than 0, which means unlimited."""
    current = _running.get()
    return current is not None and current.budget_ms > 0


def time_left() -> str | None:
    """What is left of the current budget, in milliseconds, as text for `statement_timeout`; None if there is no limit.

    Raises the budget's `StageTooSlow` when nothing is left.
    """
    current = _running.get()
    if current is None or not current.budget_ms:
        return None
    now = time.monotonic()
    if current.asked is None:
        current.asked = now  # opening the connection does not count: it has a timeout of its own
    left = current.budget_ms - (now - current.asked) * 1000
    if left <= 0:
        raise current.refusal()
    return str(max(1, round(left)))
