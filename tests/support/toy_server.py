"""The embedded web server with one kind more in its table: `python -m tests.support.toy_server PORT`, until killed."""

from __future__ import annotations

import os
import sys
import threading

import django


def main(port: int) -> None:
    """Add the kind before anything derives from the table, then serve."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelier.settings")
    django.setup()
    from generation.kinds import KINDS
    from tests.support.toy_kind import KIND

    KINDS[KIND.name] = KIND

    from atelier.stacks.web import WebServer
    from atelier.wsgi import application

    WebServer(application, port).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
