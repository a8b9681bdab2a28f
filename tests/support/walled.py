"""A network in which every address of the world is this machine. `python -m tests.support.walled` in a namespace.

All addresses lead to one listener on port 443, which writes down by which address it was reached. The sender tries
every forbidden address, behind names of every kind, and one public address to show that the listener listens.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time

from atelier.core.outbound.addresses import Policy
from atelier.core.outbound.resolving import Resolver
from atelier.core.outbound.wire import Limits, tls_context
from tests.support.nameserver import NameServer
from tests.support.receivers import Receiver, Reply
from tests.unit.atelier.core.outbound.test_addresses import INSIDE, URLS
from webhooks.sender import Sender

PUBLIC = "93.184.216.34"
LIMITS = Limits(connect=1.0, first_byte=0.5, total=2.0)


def open_world() -> list[str]:
    """Route everything to ourselves, and listen; the list of addresses that were dialled grows."""
    for command in ("link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"):
        subprocess.run(["ip", *command.split()], check=True)
    dialled: list[str] = []
    for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, 443))
        listening.listen(64)
        threading.Thread(target=_accept, args=(listening, dialled), daemon=True).start()
    return dialled


def _accept(listening: socket.socket, dialled: list[str]) -> None:
    while True:
        connection, _ = listening.accept()
        dialled.append(connection.getsockname()[0])
        connection.close()


def can_be_reached(address: str) -> bool:
    """Whether a plain connection to the address arrives: else its silence would prove nothing."""
    try:
        socket.create_connection((address, 443), timeout=1).close()
    except OSError:
        return False
    return True


def main() -> int:
    """Print what was dialled and what came of each try."""
    dialled, names = open_world(), NameServer()
    sender = Sender(Policy(), Resolver((names.address,)), tls_context(), LIMITS)
    inside = [address for address in INSIDE if "%" not in address]
    reached = [address for address in inside if can_be_reached(address)]
    time.sleep(0.2)
    dialled.clear()
    kinds: dict[str, int] = {}

    def dial(url: str) -> None:
        kind = sender.send(url, b"{}", {}).kind
        kinds[kind] = kinds.get(kind, 0) + 1

    for number, address in enumerate(inside):
        names.names[f"n{number}.example"] = [address]
        names.names[f"mixed{number}.example"] = [PUBLIC, address]
        names.names[f"rebinds{number}.example"] = lambda turn, there=address: [PUBLIC] if turn == 0 else [there]
        names.aliases[f"alias{number}.example"] = f"n{number}.example"
        for kind in ("n", "mixed", "alias", "rebinds", "rebinds"):
            dial(f"https://{kind}{number}.example/")
    for url in URLS:
        dial(url)
    dial_redirect(names, dialled)
    time.sleep(0.2)
    print(json.dumps({"dialled": dialled, "kinds": kinds, "reached": reached, "public": dialled.count(PUBLIC)}))
    return 0


def dial_redirect(names: NameServer, dialled: list[str]) -> None:
    """A receiver that sends us on to the metadata service."""
    receiver = Receiver(None, lambda _: Reply(302, {"Location": "https://169.254.169.254/"}))
    names.names["turns.example"] = ["127.0.0.1"]
    policy = Policy.of(networks=["127.0.0.0/8"], ports=[receiver.port], http=True)
    before = len(dialled)
    outcome = Sender(policy, Resolver((names.address,)), tls_context(), LIMITS).send(
        f"http://turns.example:{receiver.port}/", b"{}", {}
    )
    assert (outcome.kind, len(dialled)) == ("redirect", before), outcome
    receiver.close()


if __name__ == "__main__":
    sys.exit(main())
