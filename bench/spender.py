"""One process that spends: `python -m bench.spender KIND SECONDS IDS`. Begins on a line of its input, prints its times.

KIND `ledger` holds a credit and ends the hold, each in a transaction of its own; `bare` updates one row of
`bench_row`, the least that a counted balance can cost.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable


def main(kind: str, seconds: float, ids: list[str]) -> None:
    """Print the milliseconds of each round."""
    import django

    django.setup()
    from atelier.core.db.tenancy import across

    with across("command"):
        round_ = {"ledger": _ledger, "bare": _bare}[kind]()
        round_(ids[0])
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(_repeat(round_, seconds, ids)))


def _repeat(round_: Callable[[str], None], seconds: float, ids: list[str]) -> list[float]:
    times, until = [], time.monotonic() + seconds
    while (begun := time.monotonic()) < until:
        round_(random.choice(ids))
        times.append((time.monotonic() - begun) * 1000)
    return times


def _ledger() -> Callable[[str], None]:
    from django.db import transaction

    from atelier.core.ids import new_id
    from billing.services.holds import place_hold, resolve_hold

    def round_(workspace_id: str) -> None:
        reference = new_id("gen")
        with transaction.atomic():
            place_hold(workspace_id=workspace_id, amount=1, reference=reference, actor="bench")
        resolve_hold(reference=reference, captured=1)  # one statement is a transaction

    return round_


def _bare() -> Callable[[str], None]:
    from django.db import connection

    def round_(_: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE bench_row SET value = value + 1 WHERE id = 1")

    return round_


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3].split(","))
