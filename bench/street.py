"""A name and a certificate for the receivers of the webhook bench."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.certificates import Authority
from tests.support.nameserver import NameServer

NAME = "receiver.example"


def make_certificates(folder: Path) -> tuple[Path, Path]:
    """Files of an authority, and of a certificate (with its key) for NAME and localhost."""
    authority = Authority(folder)
    authority.context(NAME, "localhost")
    certificate = folder / "receiver.pem"
    shutil.copy(folder / f"{NAME}.pem", certificate)
    return authority.file, certificate


@contextmanager
def name_server() -> Iterator[str]:
    """`address:port` of a name server that knows NAME for a minute at a time."""
    server = NameServer(ttl=60)
    server.names[NAME] = ["127.0.0.1"]
    try:
        yield server.address
    finally:
        server.close()
