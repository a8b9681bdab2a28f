"""The product's side of the webhook bench, as a program with the stack's environment. `python -m bench.hooks DO ...`

`endpoints URL ...` opens a workspace with an endpoint for each URL and prints their ids; `emit RATE SECONDS` then reads
those ids and commits facts at that rate, printing when each was committed; `record COUNT` writes events with their
deliveries, as the fan-out does.
"""

from __future__ import annotations

import json
import sys
import time
import uuid

import django

django.setup()  # before the imports below, which need the models

from django.db import transaction  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from atelier.accounts.services import create_workspace  # noqa: E402
from atelier.core.db.tenancy import across  # noqa: E402
from atelier.messaging.outbox.services import emit  # noqa: E402
from webhooks.events import NewEvent  # noqa: E402
from webhooks.services.endpoints import create_endpoint  # noqa: E402
from webhooks.services.recording import record_event  # noqa: E402


def endpoints(urls: list[str]) -> list[str]:
    """Ids of the workspaces."""
    return [_open(url) for url in urls]


def _open(url: str) -> str:
    workspace = create_workspace(name=f"bench {uuid.uuid4().hex}", tier="studio")
    create_endpoint(workspace=workspace, actor="bench", url=url)
    return workspace.id


def emit_steadily(workspace_ids: list[str], rate: float, seconds: float) -> dict[str, float]:
    """Commit a fact every 1/rate s, the workspaces in turn; when each was committed (seconds since 1970)."""
    committed, begun = {}, time.monotonic()
    for number in range(round(rate * seconds)):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        name, workspace_id = uuid.uuid4().hex, workspace_ids[number % len(workspace_ids)]
        with transaction.atomic():
            emit("credits.low", subject=workspace_id, queue="", dedupe_key=name, payload={"mark": name})
        committed[name] = time.time()
    return committed


def record(workspace_ids: list[str], count: int) -> int:
    """Events with their deliveries, none of them sent yet."""
    for number in range(count):
        workspace_id, name = workspace_ids[number % len(workspace_ids)], uuid.uuid4().hex
        record_event(NewEvent(workspace_id, "credits.low", workspace_id, now(), name, {"mark": name}))
    return count


def main(words: list[str]) -> object:
    """Do as the command line says; workspace ids come as JSON on standard input."""
    if words[0] == "endpoints":
        return endpoints(words[1:])
    ids = json.load(sys.stdin)
    return emit_steadily(ids, float(words[1]), float(words[2])) if words[0] == "emit" else record(ids, int(words[1]))


if __name__ == "__main__":
    with across("command"):
        print(json.dumps(main(sys.argv[1:])))
