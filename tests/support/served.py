"""The web application behind the embedded stack's real server, in a thread of the test's process.

Its threads have no context of the test: a request acts for nobody until it has said for whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from atelier.stacks.ports import HOST, free_port
from atelier.stacks.web import WebServer


@contextmanager
def served() -> Iterator[str]:
    """The address of the server, without a slash at its end."""
    from atelier.wsgi import application

    port = free_port()
    server = WebServer(application, port)
    server.start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.stop()
