"""Many processes that send the same request at the same moment. `python -m tests.support.crowd`

Reads {"url", "headers", "bodies"} from standard input, forks one process a body, lets them all go at once and prints
[[status, body], ...] in the order of the bodies. A program of its own, because only a process with one thread may fork.
"""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.support.client import Answer, Api, Json, fetch

PATIENCE_SECONDS = 60.0
_CONTEXT = multiprocessing.get_context("fork")


def post_at_once(api: Api, bodies: list[Json], **headers: str) -> list[Answer]:
    """POST /generate by one process a body, all released by one barrier; the answers in the order of the bodies."""
    named = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"} | headers
    order = {"url": f"{api.base}/api/v1/atelier/generate", "headers": named, "bodies": bodies}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.crowd"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_SECONDS,
        check=True,
    )
    answers = [Answer(status, body.encode()) for status, body in json.loads(ran.stdout)]
    api.accepted += [answer.json["generationId"] for answer in answers if answer.status == 202]
    return answers


def _send(number: int, order: Json, barrier: Barrier, answers: SimpleQueue[Any]) -> None:
    content = json.dumps(order["bodies"][number]).encode()
    barrier.wait(PATIENCE_SECONDS)
    answer = fetch("POST", order["url"], content, **order["headers"])
    answers.put((number, answer.status, answer.body.decode()))


def main() -> None:
    """Do as standard input says."""
    order = json.load(sys.stdin)
    size = len(order["bodies"])
    barrier, answers = _CONTEXT.Barrier(size), _CONTEXT.SimpleQueue()
    crowd = [_CONTEXT.Process(target=_send, args=(number, order, barrier, answers)) for number in range(size)]
    for one in crowd:
        one.start()
    said = sorted(answers.get() for _ in crowd)
    for one in crowd:
        one.join()
    json.dump([[status, body] for _, status, body in said], sys.stdout)


if __name__ == "__main__":
    main()
