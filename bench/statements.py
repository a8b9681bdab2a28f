"""The SQL statements of one POST /generate, as a JSON list. `python -m bench.statements KEY BODY`"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Send the request twice inside this process; the second one is listed, for the first one warms caches."""
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.client import GENERATE

    key, body = sys.argv[1:]
    client, captured = Client(SERVER_NAME="127.0.0.1"), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as context:
            answer = client.post(
                GENERATE, body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
            )
        captured = [
            query["sql"] for query in context.captured_queries if query["sql"]
        ]  # the others wait for one message
        if answer.status_code != 202:
            sys.exit(f"answered {answer.status_code}: {answer.content!r}")
    print(json.dumps(captured))


if __name__ == "__main__":
    main()
