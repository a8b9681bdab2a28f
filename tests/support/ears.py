"""A receiver of webhooks with a name and a certificate, and what a stack must be told to be able to call it."""

from __future__ import annotations

from pathlib import Path

from tests.support.certificates import Authority
from tests.support.nameserver import NameServer
from tests.support.receivers import Receiver

NAME = "shop.example"


class Ear:
    """Listens from the start until `close`; its authority's files are in `directory`."""

    def __init__(self, directory: Path) -> None:
        authority = Authority(directory)
        self.receiver = Receiver(authority.context(NAME))
        self._names = NameServer()
        self._names.names[NAME] = ["127.0.0.1"]
        self.url = f"https://{NAME}:{self.receiver.port}/hook"
        self.environment = {
            "ATELIER_WEBHOOK_NETWORKS": "127.0.0.0/8",
            "ATELIER_WEBHOOK_PORTS": f"443,{self.receiver.port}",
            "ATELIER_WEBHOOK_NAMESERVERS": self._names.address,
            "ATELIER_WEBHOOK_CA_FILE": str(authority.file),
        }

    def close(self) -> None:
        self.receiver.close()
        self._names.close()
