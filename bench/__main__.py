"""`python -m bench [NAME ...]`: run all benches, or the named ones, and say what was met."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from bench import (
    accept,
    drain,
    large,
    ledger,
    machine,
    memory,
    message,
    overhead,
    report,
    starter,
    storage,
    tiny,
    webhooks,
)
from bench.report import Result, console
from bench.session import Session

BENCHES: dict[str, Callable[[Session], Iterator[Result]]] = {
    "message": message.measure,
    "storage": storage.measure,
    "ledger": ledger.measure,
    "overhead": overhead.measure,
    "drain": drain.measure,
    "memory": memory.measure,
    "tiny": tiny.measure,
    "webhooks": webhooks.measure,
    "starter": starter.measure,
    "large": large.measure,
    "accept": accept.measure,  # last: it leaves a queue that nobody should work off
}


def main(names: list[str]) -> int:
    """0 when every target was met, 1 when one was missed, 2 for a name that is no bench."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        console.print(f"There is no bench {unknown[0]!r}. There are: {', '.join(BENCHES)}.", style="red")
        return 2
    wanted = [name for name in BENCHES if not names or name in names]
    begun, described = time.monotonic(), machine.describe_machine() | {"loadBefore": machine.load_average()}
    results = list(_run(wanted))
    described |= {"loadAfter": machine.load_average(), "seconds": round(time.monotonic() - begun)}
    report.show(results)
    if len(wanted) == len(BENCHES):
        report.save(results, described)
        console.print(f"Written to {report.RESULTS}.")
    return int(any(result.met is False for result in results))


def _run(wanted: list[str]) -> Iterator[Result]:
    with Session() as session:
        for number, name in enumerate(wanted, start=1):
            console.print(f"[{number}/{len(wanted)}] {name}", markup=False)
            for result in BENCHES[name](session):
                console.print(f"  {result.name}: {report.word(result.met)}")
                yield result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
