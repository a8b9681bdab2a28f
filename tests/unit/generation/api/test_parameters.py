"""Preferences, keys, ids: what is read outside the body."""

from __future__ import annotations

import pytest

from generation.api.parameters import (
    InvalidParameter,
    checked_id,
    idempotency_key,
    last_event_id,
    wait_seconds,
)
from generation.selectors import GenerationNotFound


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=10", 10),
        ("respond-async, wait=10", 10),
        ("wait=10; foo, respond-async", 10),
        ('WAIT="7"', 7),
        (" wait = 3 ", 3),
        ("wait=100", 60),
        ("wait=61", 60),
        ("wait=0", 0),
        ("", 0),
        ("wait", 0),
        ("await=5", 0),
        ("wait=99999", 0),
        ("wait=1e3", 0),
        ("wait=-1", 0),
    ],
)
def test_preferences_are_read_or_ignored(header: str, seconds: int) -> None:
    assert wait_seconds({"Prefer": header}) == seconds


@pytest.mark.parametrize("text", ["a", "x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "two words"])
def test_a_printable_key_is_kept_as_it_is(text: str) -> None:
    assert idempotency_key({"Idempotency-Key": text}) == text


@pytest.mark.parametrize("text", ["", "x" * 256, " a", "a ", "\x7f", "\u00e9", "a\tb"])
def test_any_other_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter):
        idempotency_key({"Idempotency-Key": text})


def test_no_key_is_no_key() -> None:
    assert idempotency_key({}) is None
    assert last_event_id({}, {}) == 0
    assert last_event_id({"Last-Event-ID": "12"}, {"lastEventId": "7"}) == 12
    assert last_event_id({}, {"lastEventId": "7"}) == 7
    assert last_event_id({"Last-Event-ID": ""}, {"lastEventId": "7"}) == 7


@pytest.mark.parametrize("text", ["gen_", "gen_" + "A" * 20, "gen_" + "a" * 21, "img_" + "a" * 20, "\0", ""])
def test_an_id_of_another_form_is_unknown(text: str) -> None:
    with pytest.raises(GenerationNotFound):
        checked_id(text)
