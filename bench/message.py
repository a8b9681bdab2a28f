"""How large a message of the chain is. As a program it prints the sizes; it needs no server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from atelier.stacks.home import PROJECT
from bench.report import Result
from bench.session import Session

LIMIT_BYTES = 3000
GENERATION_ID = "gen_" + "a" * 20


def measure(session: Session) -> Iterator[Result]:
    """The first message of the longest chain: it carries all the others."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "atelier.settings",
        "ATELIER_SECRET_KEY": "bench" * 8,
        "BROKER_URL": "memory://",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "ATELIER_STORAGE_URL": f"file://{tempfile.gettempdir()}",
    }
    argv = [sys.executable, "-m", "bench.message"]
    ran = subprocess.run(argv, cwd=PROJECT, env=environment, check=True, stdout=subprocess.PIPE, timeout=60)
    figures = json.loads(ran.stdout)
    target = f"the remaining chain in a message <= {LIMIT_BYTES} bytes, headers included"
    yield Result("message of the chain", figures, target, figures["allBytes"] <= LIMIT_BYTES)


def main() -> None:
    """Publish a chain as a worker does, on kombu's memory transport, and weigh the message."""
    import django

    django.setup()
    from atelier.celery import app
    from generation.canvas import build_chain
    from generation.pipeline.registry import STAGES, UPLOAD, links

    stages = (*(stage.name for stage in STAGES), UPLOAD)
    chain = build_chain(generation_id=GENERATION_ID, fence=1, queue="standard", stages=stages)
    with app.connection_for_write() as connection:
        app.amqp.queues["cpu.standard"](connection.default_channel).declare()
        chain.apply_async(connection=connection)
        message = connection.default_channel.basic_get("cpu.standard")
    print(json.dumps(_weigh(message) | {"links": len(links(stages)), "stages": len(stages)}))


def _weigh(message: Any) -> dict[str, int]:
    """Bytes of the body, and of headers and properties as AMQP 0-9-1 writes them."""
    from amqp.basic_message import Message

    known = {name for name, _ in Message.PROPERTIES}
    properties = {name: value for name, value in message.properties.items() if name in known}
    written = Message(
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        application_headers=message.headers,
        **properties,
    )
    body, headers = len(message.body), len(written._serialize_properties())
    return {"allBytes": body + headers, "bodyBytes": body, "headerBytes": headers}


if __name__ == "__main__":
    main()
