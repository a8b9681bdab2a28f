"""A name server of our own on loopback, which answers what a test wants, the second time something else if it wants."""

from __future__ import annotations

import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Answers = Sequence[str] | Callable[[int], Sequence[str]]
"""Addresses of a name, or what gives them for the first, second, ... question about it (from 0)."""


class NameServer:
    """Answers A and AAAA over UDP. `aliases` are CNAMEs; a name that is not known does not exist."""

    def __init__(self, ttl: int = 0, host: str = "127.0.0.1", port: int = 0) -> None:
        self.names: dict[str, Answers] = {}
        self.aliases: dict[str, str] = {}
        self.asked: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._ttl = ttl
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """For ATELIER_WEBHOOK_NAMESERVERS."""
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                content, sender = self._socket.recvfrom(4096)
                self._socket.sendto(self._answer(dns.message.from_wire(content)).to_wire(), sender)
            except OSError:
                return

    def _answer(self, question: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        asked = question.question[0]
        name, kind = asked.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(asked.rdtype)
        target = self.aliases.get(name, name)
        if target not in self.names:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return answer
        if target != name:
            answer.answer.append(dns.rrset.from_text(f"{name}.", self._ttl, "IN", "CNAME", f"{target}."))
        wanted = 4 if kind == "A" else 6
        found = [one for one in self._addresses(target, kind) if ip_address(one).version == wanted]
        if found:
            answer.answer.append(dns.rrset.from_text(f"{target}.", self._ttl, "IN", kind, *found))
        return answer

    def _addresses(self, name: str, kind: str) -> Sequence[str]:
        answers, turn = self.names[name], self.asked[name, kind]
        self.asked[name, kind] += 1
        return answers(turn) if callable(answers) else answers
