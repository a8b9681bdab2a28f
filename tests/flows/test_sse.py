"""Server-sent events: the whole story of a generation as it happens, and the rest of it after a break."""

from __future__ import annotations

from itertools import islice

from tests.support.client import Api, Event
from tests.support.installation import Installation

STAGES = ["prompt", "diffusion", "face_restore", "encode", "upload"]


def test_a_stream_tells_the_whole_story(installation: Installation, api: Api) -> None:
    asked = api.generate(model="steady", count=2)
    events = list(api.events(asked))
    kinds = [event.type for event in events]
    assert (kinds[0], kinds[-1]) == ("queued", "terminal")
    assert [event.content["stage"] for event in events if event.type == "stage"] == STAGES
    assert [event.content["index"] for event in events if event.type == "image"] == [0, 1]
    told = [event.content for event in events if event.type == "step"]
    steps = [content["step"] for content in told if content["stage"] == "diffusion"]
    assert steps == sorted(steps) and steps[-1] == 40 and len(steps) >= 5
    assert events[-1].content["status"] == "completed"
    assert [int(event.id) for event in events] == _stored(installation, asked)


def test_a_broken_stream_goes_on_where_it_was(installation: Installation, api: Api) -> None:
    asked = api.generate(model="steady")
    first: list[Event] = list(islice(api.events(asked), 4))  # the connection is dropped in the middle
    rest = list(api.events(asked, after=first[-1].id))
    assert [int(event.id) for event in first + rest] == _stored(installation, asked)
    assert api.call("GET", f"/projects/{asked}/events", **{"Last-Event-ID": rest[-1].id}).status == 208


def test_a_stream_that_begins_after_the_end_tells_it_all(installation: Installation, api: Api) -> None:
    done = api.wait(api.generate())
    events = list(api.events(done["generationId"]))
    assert [int(event.id) for event in events] == _stored(installation, done["generationId"])


def test_nobody_else_may_listen(installation: Installation, api: Api) -> None:
    asked = api.generate()
    stranger = installation.api("starter")
    assert stranger.call("GET", f"/projects/{asked}/events").status == 404


def _stored(installation: Installation, generation_id: str) -> list[int]:
    question = "SELECT id FROM generation_generationevent WHERE generation_id = %s ORDER BY id"
    return [number for (number,) in installation.query(question, generation_id)]
