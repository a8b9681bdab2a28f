"""Token buckets in PostgreSQL: exact under concurrency, one statement for all buckets of a request."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from atelier.core.db.deadlines import budget
from atelier.core.db.statements import Statement
from atelier.core.errors import AtelierError


class RateLimited(AtelierError):
    code = "rate_limited"
    status = 429
    title = "Too many requests"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `capacity` at once, refilled at `amount` a `period` (seconds)."""

    name: str
    capacity: int
    amount: int
    period: int

    @property
    def policy(self) -> str:
        """The RateLimit-Policy item (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.name}";q={self.amount};w={self.period}'


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit after this request; `headers` for the answer."""

    limit: Limit
    remaining: float

    @property
    def headers(self) -> dict[str, str]:
        missing = self.limit.capacity - self.remaining
        reset = math.ceil(missing * self.limit.period / self.limit.amount)
        item = f'"{self.limit.name}";r={max(0, math.floor(self.remaining))};t={max(0, reset)}'
        return {"RateLimit": item, "RateLimit-Policy": self.limit.policy}


def tightest(allowances: Sequence[Allowance]) -> dict[str, str]:
    """The RateLimit headers of the limit with the least left."""
    return min(allowances, key=lambda allowance: allowance.remaining).headers


_TAKE = Statement("""
INSERT INTO accounts_tokenbucket AS bucket (key, tokens, updated_at)
SELECT key, capacity - 1, clock_timestamp()
FROM unnest(%(keys)s::text[], %(capacities)s::float8[], %(rates)s::float8[]) AS wanted (key, capacity, rate)
ORDER BY key
ON CONFLICT (key) DO UPDATE SET
    tokens = least(
        (%(by_key)s::jsonb -> bucket.key ->> 'capacity')::float8,
        bucket.tokens + (%(by_key)s::jsonb -> bucket.key ->> 'rate')::float8
            * greatest(0, extract(epoch FROM clock_timestamp() - bucket.updated_at))
    ) - 1,
    updated_at = greatest(bucket.updated_at, clock_timestamp())
WHERE bucket.tokens + (%(by_key)s::jsonb -> bucket.key ->> 'rate')::float8
    * greatest(0, extract(epoch FROM clock_timestamp() - bucket.updated_at)) >= 1
RETURNING key, tokens
""")


def take_tokens(caller: str, limits: Sequence[Limit]) -> list[Allowance]:
    """Take one token from each of the caller's buckets.

    Raises `RateLimited` (429, with Retry-After) when one is empty; run it in a transaction so that the others
    get their token back. Raises `RateTooSlow` when the answer takes over 20 ms.
    """
    if not settings.ATELIER_RATE_LIMITS or not limits:
        return [Allowance(limit, limit.capacity) for limit in limits]
    with budget("rate"):
        left = _take(caller, limits)
    for limit in limits:
        if _key(caller, limit) not in left:
            raise _refusal(caller, limit)
    return [Allowance(limit, left[_key(caller, limit)]) for limit in limits]


_READ = Statement("""
SELECT key, least(capacity, tokens + rate * greatest(0, extract(epoch FROM clock_timestamp() - updated_at)))
FROM unnest(%(keys)s::text[], %(capacities)s::float8[], %(rates)s::float8[]) AS wanted (key, capacity, rate)
JOIN accounts_tokenbucket USING (key)
""")


def read_allowances(caller: str, limits: Sequence[Limit]) -> list[Allowance]:
    """What the caller has left of each limit; takes nothing."""
    if not settings.ATELIER_RATE_LIMITS or not limits:
        return [Allowance(limit, limit.capacity) for limit in limits]
    keys = [_key(caller, limit) for limit in limits]
    rates = [limit.amount / limit.period for limit in limits]
    capacities = [float(limit.capacity) for limit in limits]
    left = dict(_READ.run({"keys": keys, "capacities": capacities, "rates": rates}))
    return [Allowance(limit, left.get(key, limit.capacity)) for limit, key in zip(limits, keys, strict=True)]


def _take(caller: str, limits: Sequence[Limit]) -> dict[str, float]:
    by_key = {_key(caller, item): {"capacity": item.capacity, "rate": item.amount / item.period} for item in limits}
    parameters = {
        "keys": list(by_key),
        "capacities": [float(entry["capacity"]) for entry in by_key.values()],
        "rates": [entry["rate"] for entry in by_key.values()],
        "by_key": json.dumps(by_key),
    }
    return dict(_TAKE.run(parameters))


def _refusal(caller: str, limit: Limit) -> RateLimited:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tokens + %s * greatest(0, extract(epoch FROM clock_timestamp() - updated_at))"
            " FROM accounts_tokenbucket WHERE key = %s",
            [limit.amount / limit.period, _key(caller, limit)],
        )
        row = cursor.fetchone()
    remaining = min(1.0, float(row[0])) if row else 0.0
    wait = max(1, math.ceil((1 - remaining) * limit.period / limit.amount))
    return RateLimited(
        f"The limit {limit.name!r} allows {limit.amount} in {limit.period} s; try again in {wait} s.",
        headers={"Retry-After": str(wait)} | Allowance(limit, remaining).headers,
        limit=limit.amount,
        periodSeconds=limit.period,
    )


def _key(caller: str, limit: Limit) -> str:
    return f"{caller}:{limit.name}"
