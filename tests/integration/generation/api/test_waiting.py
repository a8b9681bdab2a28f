"""Event streams and `Prefer: wait`: woken by PostgreSQL, resumable, holding nothing while they wait."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections

from atelier.core.db.tenancy import across
from generation.api import seats, watching
from generation.models import Generation
from generation.services.claims import report_step
from tests.integration.generation.api.caller import SMALL, Caller, code
from tests.support.stories import dispatch_all, settle, start, walk_to


def in_background(work: Callable[[], object]) -> threading.Thread:
    """Run it in a thread that gives its database connection back."""

    def run() -> None:
        try:
            with across("tests"):  # which workspace it is for does not pass from thread to thread
                work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def events(chunks: Iterator[bytes]) -> Iterator[tuple[int, str, dict[str, object]]]:
    """(id, type, data) of each event."""
    for chunk in chunks:
        lines = dict(line.split(": ", 1) for line in chunk.decode().splitlines() if ": " in line)
        if "data" in lines:
            yield int(lines["id"]), lines["event"], json.loads(lines["data"])


def run(generation_id: str, pause: float = 0.0) -> None:
    """A worker takes the generation and delivers it."""
    time.sleep(pause)
    dispatch_all()
    generation = Generation.objects.get(id=generation_id)
    fence = start(generation)
    claim = walk_to(generation, fence, "diffusion")
    report_step(claim, 1, 20)
    Generation.objects.filter(id=generation_id).update(stage="upload")
    assert settle(generation, fence)


def test_a_stream_tells_the_life_of_a_generation_and_ends_with_it(api: Caller) -> None:
    generation_id = api.generate()
    answer = api.get(f"/projects/{generation_id}/events", Accept="text/event-stream")
    assert answer.headers["Content-Type"] == "text/event-stream"
    worker = in_background(lambda: run(generation_id, 0.3))
    seen = list(events(answer.streaming_content))
    worker.join(10)
    kinds = [kind for _, kind, _ in seen]
    assert (kinds[0], kinds[-1]) == ("queued", "terminal")
    assert "step" in kinds and "stage" in kinds
    assert [number for number, _, _ in seen] == sorted(number for number, _, _ in seen)
    assert seen[-1][2]["status"] == "completed"
    assert seen[-1][2]["generationId"] == generation_id
    assert next(data for _, kind, data in seen if kind == "step")["step"] == 1


def test_a_stream_resumes_behind_the_last_event_that_was_seen(api: Caller) -> None:
    generation_id = api.generate()
    run(generation_id)
    path = f"/projects/{generation_id}/events"
    everything = list(events(api.get(path).streaming_content))
    second = everything[1][0]
    assert list(events(api.get(path, Last_Event_ID=str(second)).streaming_content)) == everything[2:]


def test_a_stream_with_nothing_left_tells_the_client_not_to_come_back(api: Caller) -> None:
    generation_id = api.generate()
    run(generation_id)
    last = list(events(api.get(f"/projects/{generation_id}/events").streaming_content))[-1][0]
    answer = api.get(f"/projects/{generation_id}/events", Last_Event_ID=str(last))
    assert (answer.status_code, answer.headers["Content-Type"]) == (208, "text/event-stream")
    assert answer.content.startswith(b": ") and answer.content.count(b"\n") == 1


@pytest.mark.parametrize("text", ["-1", "x", "9" * 19, "1.5"])
def test_an_event_id_that_is_none_is_refused(api: Caller, text: str) -> None:
    answer = api.get(f"/projects/{api.generate()}/events", Last_Event_ID=text)
    assert code(answer, 400) == "invalid_parameter"


def test_a_silent_stream_is_kept_open_by_comments(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "KEEP_ALIVE_SECONDS", 0.05)
    answer = api.get(f"/projects/{api.generate()}/events")
    chunks = answer.streaming_content
    assert next(chunks) == b": open\n"
    first = next(chunks)
    assert first.startswith(b"retry: 2000\nid: ") and b"event: queued" in first
    assert next(chunks) == b": keep-alive\n"
    answer.close()


def test_a_waiting_stream_holds_no_connection_of_the_pool(api: Caller) -> None:
    answer = api.get(f"/projects/{api.generate()}/events")
    chunks = answer.streaming_content
    next(chunks), next(chunks)
    assert connection.connection is None
    answer.close()


def test_streams_leave_threads_for_other_requests(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    places = seats.Seats(3)  # of which one workspace gets two
    monkeypatch.setattr(seats, "_seats", lambda pid: places)
    path = f"/projects/{api.generate()}/events"
    streams = [api.get(path) for _ in range(2)]
    refused = api.get(path)
    assert code(refused, 503) == "too_many_watchers"
    assert refused.headers["Retry-After"] == "5"
    assert api.post(Prefer="wait=5").status_code == 202
    for stream in streams:
        stream.close()
    assert api.get(path).status_code == 200


def test_waiting_answers_with_the_finished_resource(api: Caller) -> None:
    def deliver() -> None:
        while not Generation.objects.exists():
            time.sleep(0.02)
        run(Generation.objects.get().id)

    worker = in_background(deliver)
    answer = api.post(Prefer="wait=20")
    worker.join(10)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], len(body["images"])) == ("completed", 1)
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert answer.headers["Location"] == body["links"]["self"]
    assert "RateLimit" in answer.headers


def test_waiting_in_vain_answers_202_in_time(api: Caller) -> None:
    began = time.monotonic()
    answer = api.post(Prefer="respond-async, wait=1")
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=1"
    assert 1 <= time.monotonic() - began < 4


@pytest.mark.parametrize("preference", ["wait=0", "wait", "wait=soon", "return=minimal", "xwait=5", "wait=-3"])
def test_a_preference_that_is_not_understood_is_ignored(api: Caller, preference: str) -> None:
    answer = api.post(Prefer=preference)
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


def test_a_key_keeps_the_202_and_a_repeat_may_wait_again(api: Caller) -> None:
    first = api.post(Idempotency_Key="k", Prefer="wait=1")
    assert first.status_code == 202
    generation_id = first.json()["generationId"]
    run(generation_id)
    waited = api.post(Idempotency_Key="k", Prefer="wait=5")
    assert (waited.status_code, waited.json()["generationId"]) == (200, generation_id)
    plain = api.post(SMALL, Idempotency_Key="k")
    assert (plain.status_code, plain.content) == (202, first.content)
    assert Generation.objects.count() == 1
