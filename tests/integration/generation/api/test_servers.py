"""The same API behind the two real servers: gunicorn with threads, and the embedded one."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from atelier.stacks.ports import HOST
from billing.selectors import get_balance
from generation.models import Generation
from tests.integration.generation.api.caller import BASE, SMALL, Caller
from tests.integration.generation.api.test_waiting import in_background, run

ROOT = Path(__file__).parents[4]
MEGABYTE = 1024 * 1024
FORBIDDEN = {"torch", "diffusers", "transformers", "ncnn", "cv2", "numpy", "celery", "generation.engines"}


def connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(HOST, port, timeout=30)


def talk(port: int, head: str, body: bytes = b"") -> bytes:
    """Send exactly these bytes; whatever comes back until the server closes or 20 s have passed."""
    with socket.create_connection((HOST, port), timeout=20) as wire:
        wire.sendall(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
        received = b""
        while b"requestId" not in received and (part := wire.recv(65536)):
            received += part
        return received


def test_a_body_in_chunks_is_read(port: int, api: Caller) -> None:
    connection = connect(port)
    parts = iter([b'{"prompt": "a red', b' apple", "dimensions": {"width": 64, "height": 64}}'])
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
    connection.request("POST", f"{BASE}/generate", parts, headers, encode_chunked=True)
    assert connection.getresponse().status == 202


def test_an_endless_body_in_chunks_is_cut_off(port: int, api: Caller) -> None:
    connection = connect(port)
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
    parts = (b"x" * 65536 for _ in range(17))
    connection.request("POST", f"{BASE}/generate", parts, headers, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (413, "body_too_large")


def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(gunicorn: tuple[int, int], api: Caller) -> None:
    head = (
        f"POST {BASE}/generate HTTP/1.1\nHost: {HOST}\nAuthorization: Bearer {api.key}\n"
        "Content-Type: application/json\nContent-Length: 50000000\nConnection: close\n"
    )
    received = talk(gunicorn[0], head, b'{"prompt": "')
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"body_too_large" in received


def test_a_stream_is_sent_event_by_event(port: int, api: Caller) -> None:
    generation_id = api.generate()
    connection = connect(port)
    headers = {"Authorization": f"Bearer {api.key}", "Accept": "text/event-stream"}
    connection.request("GET", f"{BASE}/projects/{generation_id}/events", headers=headers)
    stream = connection.getresponse()
    while stream.readline() != b"event: queued\n":
        pass
    worker = in_background(lambda: run(generation_id))  # not before the first event has arrived
    rest = stream.read().decode()
    worker.join(20)
    assert rest.count("event: terminal") == 1
    assert '"status":"completed"' in rest


def test_watchers_leave_room_for_others_and_their_places_come_back(port: int, api: Caller) -> None:
    generation_id = api.generate()
    headers = {"Authorization": f"Bearer {api.key}"}
    watchers = [connect(port) for _ in range(10)]
    streams = []  # kept: a response that is forgotten closes its connection
    for watcher in watchers:
        watcher.request("GET", f"{BASE}/projects/{generation_id}/events", headers=headers)
        streams.append(watcher.getresponse())
    assert [stream.status for stream in streams] == [200] * 8 + [503] * 2
    other = connect(port)
    other.request("POST", f"{BASE}/generate", json.dumps(SMALL), headers | {"Content-Type": "application/json"})
    assert other.getresponse().status == 202
    api.call("DELETE", f"/projects/{generation_id}")  # ends the streams
    until = time.monotonic() + 20
    while time.monotonic() < until:
        again = connect(port)
        again.request("GET", f"{BASE}/projects/{generation_id}/events", headers=headers)
        if again.getresponse().status == 200:
            break
        time.sleep(0.2)
    else:
        raise AssertionError("the places did not come back")
    assert all(b"event: terminal" in stream.read() for stream in streams[:8])


def test_a_hundred_answers_over_one_connection(port: int, api: Caller) -> None:
    connection = connect(port)
    for _ in range(100):
        connection.request("GET", f"{BASE}/account", headers={"Authorization": f"Bearer {api.key}"})
        answer = connection.getresponse()
        assert (answer.status, len(answer.read()) > 100) == (200, True)


def test_a_web_process_is_small(gunicorn: tuple[int, int], api: Caller) -> None:
    connection = connect(gunicorn[0])
    for path in ("/openapi.json", "/docs", "/admin/login/", f"{BASE}/models"):
        connection.request("GET", path, headers={"Authorization": f"Bearer {api.key}"})
        connection.getresponse().read()
    for worker in psutil.Process(gunicorn[1]).children():
        assert worker.memory_info().rss <= 150 * MEGABYTE


def test_the_web_process_imports_no_engine_and_no_worker() -> None:
    script = "import sys, atelier.wsgi, atelier.urls, json; print(json.dumps(sorted(sys.modules)))"
    printed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert FORBIDDEN & set(json.loads(printed)) == set()


def test_a_click_that_was_sent_twenty_times_at_once_is_one_generation(gunicorn: tuple[int, int], api: Caller) -> None:
    start = threading.Barrier(20, timeout=20)
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json", "Idempotency-Key": "click"}

    def click(_: int) -> tuple[int, bytes]:
        connection = connect(gunicorn[0])
        connection.connect()
        start.wait()
        connection.request("POST", f"{BASE}/generate", json.dumps(SMALL), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    with ThreadPoolExecutor(20) as threads:
        answers = set(threads.map(click, range(20)))
    assert len(answers) == 1
    assert answers.pop()[0] == 202
    assert Generation.objects.count() == 1
    assert get_balance(api.workspace.id).held == 1
