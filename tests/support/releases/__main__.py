"""`python -m tests.support.releases`: make the dump of the version that the code has now."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.environment import DATABASE
from tests.support.nameserver import NameServer

CATALOGUE = Path(__file__).parents[1] / "models.toml"
# Read when Django starts, which is what follows.
os.environ |= {"ATELIER_MODELS_FILE": str(CATALOGUE), "ATELIER_RATE_LIMITS": "off"}


def main() -> None:
    """Start a server of our own, act the story out, write the dump beside this file."""
    import django

    from tests.support.releases import manage

    try:
        DATABASE.start()
        manage(DATABASE.owner_url, "migrate", "-v0")
        manage(DATABASE.owner_url, "grant_service_role", service_url=DATABASE.service_url)
        django.setup()
        _write()
    finally:
        DATABASE.stop()


def _write() -> None:
    from django.conf import settings
    from django.db import connections

    from atelier import __version__
    from atelier.core.db.tenancy import across
    from tests.support.releases import CLIENT_KEY, FOLDER, SEALING_KEY, dump_everything
    from tests.support.releases.story import live

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.ATELIER_SEALING_KEYS = [SEALING_KEY]
    settings.ATELIER_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    settings.ATELIER_WEBHOOK_NAMESERVERS = [_nameserver().address]
    with across("tests"):
        key = live()
    connections.close_all()
    target = FOLDER / f"{__version__}.sql"
    target.write_text(f"-- Made by python -m tests.support.releases\n{CLIENT_KEY}{key}\n{dump_everything(DATABASE)}")
    print(f"{target.name}: {len(target.read_text().splitlines())} lines")


def _nameserver() -> NameServer:
    """Where the receiver of the story has its name; nothing is sent there."""
    server = NameServer()
    server.names["hooks.example"] = ["127.0.0.1"]
    return server


if __name__ == "__main__":
    main()
