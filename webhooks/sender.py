"""Sending one request to an address that strangers chose. Every failure becomes an outcome; nothing is raised."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from atelier.core.outbound.addresses import AddressRefused, Policy, Target, parse_target
from atelier.core.outbound.resolving import NameUnresolved, Resolver, checked_addresses
from atelier.core.outbound.wire import AnswerTooLarge, ConnectFailed, Limits, PinnedConnection

DELIVERED, GONE, TOO_LARGE = "delivered", "gone", "body_too_large"
KEPT_BYTES = 2048
IDLE_SECONDS, IDLE_CONNECTIONS = 20.0, 128


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try. `kind` is `delivered`, `gone`, or the kind of failure; `status` 0: there was no answer.

    `answer` is the beginning of the body (2 kB at most), `retry_after` in seconds.
    """

    kind: str
    status: int = 0
    detail: str = ""
    answer: str = ""
    address: str = ""
    retry_after: float | None = None
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Call:
    target: Target
    body: bytes
    headers: Mapping[str, str]
    deadline: float


class Sender:
    """For any number of threads. Keeps idle connections; one is used again only where its address is still right."""

    def __init__(
        self,
        policy: Policy,
        resolver: Resolver,
        context: ssl.SSLContext,
        limits: Limits = Limits(),  # noqa: B008  (frozen)
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._policy, self._resolver, self._context = policy, resolver, context
        self._limits, self._clock = limits, clock
        self._idle: OrderedDict[tuple[str, str, int], tuple[PinnedConnection, float]] = OrderedDict()
        self._lock = threading.Lock()

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """POST `body`, within the limits."""
        begun = time.monotonic()
        try:
            outcome = self._send(url, body, headers, begun + self._limits.total)
        except AddressRefused as refused:
            outcome = Outcome("blocked_address", detail=str(refused))
        except NameUnresolved as unresolved:
            outcome = Outcome("name_unresolved", detail=str(unresolved))
        except ConnectFailed as failed:
            outcome = Outcome("connect_timeout" if failed.timed_out else "connect_failed", detail=str(failed))
        except TimeoutError as late:
            outcome = Outcome("timeout", detail=str(late) or "no answer in time")
        except ssl.SSLError as broken:
            outcome = Outcome("tls_failed", detail=broken.reason or str(broken))
        except AnswerTooLarge as large:
            outcome = Outcome("answer_too_large", detail=f"The head of the answer has {large}.")
        except (http.client.HTTPException, OSError, ValueError) as broken:
            outcome = Outcome("broken_answer", detail=f"{type(broken).__name__}: {broken}")
        spent = round((time.monotonic() - begun) * 1000)
        return _timed(outcome, spent)

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = list(self._idle.values()), OrderedDict()
        for connection, _ in idle:
            connection.close()

    def _send(self, url: str, body: bytes, headers: Mapping[str, str], deadline: float) -> Outcome:
        target = parse_target(url, self._policy)
        addresses = checked_addresses(target.host, self._policy, self._resolver)
        call = _Call(target, body, headers, deadline)
        kept = self._take(target, addresses)
        if kept is not None:
            try:
                return self._exchange(kept, call)
            except (ConnectionError, http.client.RemoteDisconnected):
                kept.close()  # closed by the receiver in this moment: it has not read the request
        return self._exchange(PinnedConnection(target, addresses, self._context), call)

    def _exchange(self, connection: PinnedConnection, call: _Call) -> Outcome:
        reusable, answer = False, None
        try:
            connection.begin(self._limits, call.deadline)
            address = connection.sock.address
            connection.request("POST", call.target.path, call.body, dict(call.headers))
            answer = connection.getresponse()
            if len(answer.msg) > self._limits.headers:
                raise AnswerTooLarge(f"more than {self._limits.headers} headers")
            text, complete = _read(answer)
            reusable = complete and not answer.will_close
            return self._judge(answer, text, address)
        finally:
            if answer is not None:
                answer.close()  # else the connection waits for somebody to read the end
            if reusable:
                self._keep(call.target, connection)
            else:
                connection.close()

    def _judge(self, answer: http.client.HTTPResponse, text: str, address: str) -> Outcome:
        status = answer.status
        if 200 <= status < 300:
            return Outcome(DELIVERED, status, answer=text, address=address)
        kind = GONE if status == 410 else "redirect" if 300 <= status < 400 else "http_error"
        wait = _retry_after(answer.getheader("Retry-After"), self._clock())
        return Outcome(kind, status, f"The receiver answered {status}.", text, address, wait)

    def _take(self, target: Target, addresses: list[str]) -> PinnedConnection | None:
        """An idle connection to one of the addresses that are right for the name now."""
        key = (target.scheme, target.host, target.port)
        with self._lock:
            connection, since = self._idle.pop(key, (None, 0.0))
        if connection is None:
            return None
        usable = time.monotonic() - since < IDLE_SECONDS and connection.sock.address in addresses
        if usable and connection.sock.is_quiet():
            return connection
        connection.close()
        return None

    def _keep(self, target: Target, connection: PinnedConnection) -> None:
        """One a target; the longest idle leaves when there are too many."""
        leaving = []
        with self._lock:
            key = (target.scheme, target.host, target.port)
            leaving.append(self._idle.pop(key, None))
            self._idle[key] = (connection, time.monotonic())
            if len(self._idle) > IDLE_CONNECTIONS:
                leaving.append(self._idle.popitem(last=False)[1])
        for entry in leaving:
            if entry is not None:
                entry[0].close()


def _read(answer: http.client.HTTPResponse) -> tuple[str, bool]:
    """The beginning of the body, and whether all of it was read. The status is known: trouble here changes nothing."""
    content = b""
    try:
        while chunk := answer.read1(KEPT_BYTES):
            content = (content + chunk)[:KEPT_BYTES]
        complete = not answer.length  # the rest of what Content-Length promised; None without one
    except (OSError, http.client.HTTPException, ValueError):
        complete = False
    return content.decode(errors="replace").replace("\x00", "\ufffd"), complete


def _retry_after(text: str | None, now: float) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, section 10.2.3); None for none, or for what is not one."""
    if not text:
        return None
    if text.strip().isascii() and text.strip().isdigit():
        return float(text.strip()[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _timed(outcome: Outcome, duration_ms: int) -> Outcome:
    return Outcome(
        outcome.kind,
        outcome.status,
        outcome.detail[:300].replace("\x00", ""),
        outcome.answer,
        outcome.address,
        outcome.retry_after,
        duration_ms,
    )
