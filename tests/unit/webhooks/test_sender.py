"""The sender against receivers that do whatever they like: a call costs its limits and not more."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from atelier.core.outbound.addresses import Policy
from atelier.core.outbound.resolving import Resolver
from atelier.core.outbound.wire import Limits, tls_context
from tests.support.certificates import Authority
from tests.support.nameserver import NameServer
from tests.support.receivers import Hostile, Receiver, Reply
from webhooks.sender import Outcome, Sender

NAME = "shop.example"
SHORT = Limits(connect=0.5, first_byte=0.6, total=1.0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"


@contextmanager
def sender_to(
    port: int, names: NameServer, authority: Authority, limits: Limits = SHORT, **more: Any
) -> Iterator[Sender]:
    policy = Policy.of(networks=["127.0.0.0/8"], ports=[port]) if not more else Policy.of(**more)
    sender = Sender(policy, Resolver((names.address,)), tls_context(str(authority.file)), limits)
    with closing(sender):
        yield sender


def post(sender: Sender, port: int, name: str = NAME, path: str = "/hook") -> Outcome:
    return sender.send(f"https://{name}:{port}{path}", b"{}", {"Content-Type": "application/json"})


def ask(names: NameServer, authority: Authority, treat: Callable[[socket.socket], None], **more: Any) -> Outcome:
    """One call to a hostile receiver behind TLS."""
    hostile = Hostile(treat, more.pop("context", authority.context(NAME)))
    with closing(hostile), sender_to(hostile.port, names, authority, **more) as sender:
        return post(sender, hostile.port)


def listen(connection: socket.socket) -> None:
    """Read the request."""
    connection.recv(65536)


def endless(connection: socket.socket) -> None:
    listen(connection)
    connection.sendall(HEAD)
    while True:
        connection.sendall(b"x" * 65536)


def dripping_head(connection: socket.socket) -> None:
    listen(connection)
    for letter in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
        connection.sendall(bytes([letter]))
        time.sleep(0.05)


def dripping_body(connection: socket.socket) -> None:
    listen(connection)
    connection.sendall(HEAD)
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def silent(connection: socket.socket) -> None:
    time.sleep(3)


def endless_head(connection: socket.socket) -> None:
    listen(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Filler: " + b"y" * 1000 + b"\r\n")


def many_headers(connection: socket.socket) -> None:
    listen(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 65 + b"Content-Length: 0\r\n\r\n")
    listen(connection)


def endless_line(connection: socket.socket) -> None:
    listen(connection)
    while True:
        connection.sendall(b"x" * 65536)


def endless_hundreds(connection: socket.socket) -> None:
    listen(connection)
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def endless_chunks(connection: socket.socket) -> None:
    listen(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")


def nonsense(connection: socket.socket) -> None:
    listen(connection)
    connection.sendall(b"SSH-2.0-nothing\r\n")


def hanging_up(connection: socket.socket) -> None:
    listen(connection)


HOSTILE = [
    (endless, "delivered"),
    (dripping_body, "delivered"),
    (endless_chunks, "delivered"),
    (dripping_head, "timeout"),
    (silent, "timeout"),
    (endless_head, "answer_too_large"),
    (many_headers, "answer_too_large"),
    (endless_line, "answer_too_large"),
    (endless_hundreds, "answer_too_large"),
    (nonsense, "broken_answer"),
    (hanging_up, "broken_answer"),
]


@pytest.mark.parametrize(("treat", "kind"), HOSTILE, ids=lambda value: getattr(value, "__name__", value))
def test_a_hostile_receiver_costs_at_most_the_limits(
    names: NameServer, authority: Authority, treat: Callable[[socket.socket], None], kind: str
) -> None:
    outcome = ask(names, authority, treat)
    assert outcome.kind == kind, outcome
    assert outcome.duration_ms < (SHORT.total + 1) * 1000
    assert len(outcome.answer) <= 2048


@pytest.mark.prove
@pytest.mark.parametrize("treat", [silent, dripping_head, dripping_body], ids=lambda value: value.__name__)
def test_the_real_limits_are_fifteen_seconds(
    names: NameServer, authority: Authority, treat: Callable[[socket.socket], None]
) -> None:
    def patient(connection: socket.socket) -> None:
        while True:
            treat(connection)

    outcome = ask(names, authority, patient, limits=Limits())
    assert 9_900 <= outcome.duration_ms <= 15_500, outcome


def test_a_tls_handshake_that_stalls_ends(names: NameServer, authority: Authority) -> None:
    outcome = ask(names, authority, silent, context=None)
    assert outcome.kind == "timeout" and outcome.duration_ms < 1500


def test_a_gzip_bomb_stays_packed(names: NameServer, authority: Authority) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()

    def treat(connection: socket.socket) -> None:
        listen(connection)
        connection.sendall(head + bomb)
        listen(connection)

    outcome = ask(names, authority, treat)
    assert outcome.kind == "delivered", outcome
    assert "0000000" not in outcome.answer and len(outcome.answer) <= 2048


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_metadata_is_a_failure_and_not_followed(
    names: NameServer, authority: Authority, status: int
) -> None:
    away = {"Location": "http://169.254.169.254/latest/meta-data/"}
    receiver = Receiver(authority.context(NAME), lambda _: Reply(status, away))
    with closing(receiver), sender_to(receiver.port, names, authority) as sender:
        outcome = post(sender, receiver.port)
    assert (outcome.kind, outcome.status, len(receiver.requests)) == ("redirect", status, 1)


def test_certificates_are_verified_with_the_name_of_the_url(names: NameServer, authority: Authority) -> None:
    names.names["other.example"] = ["127.0.0.1"]
    receiver = Receiver(authority.context(NAME))
    with closing(receiver), sender_to(receiver.port, names, authority) as sender:
        assert post(sender, receiver.port).kind == "delivered"
        assert post(sender, receiver.port, "other.example").kind == "tls_failed"
    assert [request.headers["host"] for request in receiver.requests] == [f"{NAME}:{receiver.port}"]


def test_the_server_is_told_the_name_it_was_called_by(names: NameServer, authority: Authority) -> None:
    told: list[str | None] = []
    context = authority.context(NAME)
    context.sni_callback = lambda connection, name, context: told.append(name)
    receiver = Receiver(context)
    try:
        with closing(receiver), sender_to(receiver.port, names, authority) as sender:
            post(sender, receiver.port)
    finally:
        context.sni_callback = None
    assert told == [NAME]


def test_no_proxy_of_the_environment_is_used(
    names: NameServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    receiver = Receiver(authority.context(NAME))
    with closing(receiver), sender_to(receiver.port, names, authority) as sender:
        assert post(sender, receiver.port).kind == "delivered"


def test_a_connection_is_kept_and_used_again_only_where_the_address_is_still_right(
    names: NameServer, authority: Authority
) -> None:
    receiver = Receiver(authority.context(NAME))
    with closing(receiver), sender_to(receiver.port, names, authority) as sender:
        assert [post(sender, receiver.port).kind for _ in range(5)] == ["delivered"] * 5
        assert receiver.connections == 1
        names.names[NAME] = ["10.0.0.1"]
        assert post(sender, receiver.port).kind == "blocked_address"
    assert len(receiver.requests) == 5


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["93.184.216.34", "::1"],
        ["::ffff:169.254.169.254"],
        ["64:ff9b::a9fe:a9fe"],
        ["2002:a9fe:a9fe::"],
        ["fd00:ec2::254"],
    ],
    ids=str,
)
def test_a_name_with_any_address_inside_is_blocked_without_a_connection(
    names: NameServer, authority: Authority, addresses: list[str]
) -> None:
    names.names[NAME] = addresses
    names.aliases["alias.example"] = NAME
    receiver = Receiver(authority.context(NAME))
    with closing(receiver), sender_to(receiver.port, names, authority, ports=[receiver.port]) as sender:
        for name in (NAME, "alias.example"):
            assert post(sender, receiver.port, name).kind == "blocked_address"
    assert receiver.connections == 0


def test_a_name_that_changes_its_mind_is_asked_once_and_dialled_where_it_was_checked(
    names: NameServer, authority: Authority
) -> None:
    """The first answer is allowed, every later one is inside: nothing goes inside."""
    names.names[NAME] = lambda turn: ["127.0.0.2"] if turn == 0 else ["127.0.0.1"]
    inside = Receiver(authority.context(NAME))
    allowed = {"networks": ["127.0.0.2/32"], "ports": [inside.port]}
    with closing(inside), sender_to(inside.port, names, authority, **allowed) as sender:
        assert post(sender, inside.port).kind in ("connect_failed", "connect_timeout")
        assert names.asked[NAME, "A"] == 1
        assert post(sender, inside.port).kind == "blocked_address"
    assert inside.connections == 0


@pytest.mark.parametrize(
    ("header", "wait"), [("120", 120.0), ("0", 0.0), ("soon", None), ("-5", None), ("9" * 30, 999999999.0)]
)
def test_retry_after_is_read_and_nonsense_is_not(
    names: NameServer, authority: Authority, header: str, wait: float | None
) -> None:
    receiver = Receiver(authority.context(NAME), lambda _: Reply(503, {"Retry-After": header}))
    with closing(receiver), sender_to(receiver.port, names, authority) as sender:
        outcome = post(sender, receiver.port)
    assert (outcome.kind, outcome.status, outcome.retry_after) == ("http_error", 503, wait)


def test_a_receiver_that_closes_an_idle_connection_is_called_on_a_new_one(
    names: NameServer, authority: Authority
) -> None:
    receiver = Receiver(authority.context(NAME), lambda _: Reply(200, {"Connection": "close"}))
    with closing(receiver), sender_to(receiver.port, names, authority) as sender:
        assert [post(sender, receiver.port).kind for _ in range(3)] == ["delivered"] * 3


def test_nobody_at_the_port_and_no_such_name_are_said(names: NameServer, authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with sender_to(port, names, authority) as sender:
        assert post(sender, port).kind == "connect_failed"
        assert post(sender, port, "nobody.example").kind == "name_unresolved"


def test_a_plain_answer_on_the_tls_port_is_said(names: NameServer, authority: Authority) -> None:
    def plain(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        time.sleep(0.2)

    assert ask(names, authority, plain, context=None).kind == "tls_failed"
