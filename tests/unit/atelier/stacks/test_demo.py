"""The demo's words: what it asks, how it reads events, how it tells a refusal."""

from __future__ import annotations

import json

import pytest

from atelier.stacks.client import Refused, describe_problem, parse_events
from atelier.stacks.demo import make_request


def test_the_environment_becomes_a_request() -> None:
    words = {"PROMPT": " a 'red' $apple ", "COUNT": "3", "STYLE": "illustration", "SIZE": "640X480", "FORMAT": "webp"}
    assert make_request(words) == {
        "prompt": "a 'red' $apple",
        "count": 3,
        "style": "illustration",
        "format": "webp",
        "dimensions": {"width": 640, "height": 480},
    }


def test_what_is_not_named_is_left_to_the_api() -> None:
    assert make_request({"PROMPT": "", "COUNT": "", "SIZE": ""}) == {"prompt": "a red apple"}
    assert make_request({"SIZE": "512"})["dimensions"] == {"width": 512, "height": 512}


@pytest.mark.parametrize("words", [{"COUNT": "two"}, {"COUNT": "-1"}, {"SIZE": "big"}, {"SIZE": "1x"}, {"SIZE": "x9"}])
def test_what_cannot_be_read_is_refused(words: dict[str, str]) -> None:
    with pytest.raises(Refused):
        make_request(words)


def test_an_event_stream_is_read_as_the_standard_says() -> None:
    lines = [
        ": keep-alive",
        "",
        "id: 1",
        "event: stage",
        'data: {"stage": "prompt"}',
        "",
        "data: {",
        'data: "a": 1}',
        "",
        "event: lonely",
        "",
    ]
    assert list(parse_events(iter(lines))) == [("stage", {"stage": "prompt"}), ("message", {"a": 1})]


def test_a_problem_becomes_a_sentence() -> None:
    problem = {
        "title": "Invalid request",
        "code": "invalid_request",
        "detail": "The request has 1 mistake.",
        "errors": [{"pointer": "/count", "message": "At most 8."}],
    }
    said = describe_problem(400, json.dumps(problem).encode())
    assert said == "Invalid request (invalid_request):\n  /count: At most 8."
    bare = {"title": "Not enough credits", "code": "insufficient_credits", "detail": "It needs 8, you have 2."}
    assert describe_problem(402, json.dumps(bare).encode()).endswith("(insufficient_credits): It needs 8, you have 2.")
    assert describe_problem(502, b"<html>") == "The server answered 502 without saying why."
    assert describe_problem(502, b"[]") == "The server answered 502 without saying why."
