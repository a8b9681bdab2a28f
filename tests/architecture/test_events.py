"""The table of events is whole: what the code emits stands in it, and what clients may subscribe to can be read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from typing import get_type_hints

import pytest

from atelier.celery import app
from atelier.messaging.events import CLIENT_EVENTS, EVENTS, FAN_OUT, GENERATION_EVENTS, WebhookPayload
from atelier.messaging.outbox.models import OutboxMessage
from atelier.messaging.routing import routes
from atelier.webhook_wiring import UnknownEvent, payload_reader
from generation.pipeline.lifecycle import TERMINAL
from tests.architecture.source import PRODUCT, calls, imports, python_files

EMIT = "atelier.messaging.outbox.services"
PARTS = {"status": TERMINAL}
"""What the variables in the name of an event can be: `f"generation.{status}"` ends a generation."""


def names_of(node: ast.expr) -> Iterator[str]:
    """Every name that the first argument of `emit` can be. ValueError where the source does not say."""
    match node:
        case ast.Constant(value=str(name)):
            yield name
        case ast.IfExp(body=one, orelse=other):
            yield from names_of(one)
            yield from names_of(other)
        case ast.JoinedStr(values=parts):
            yield from map("".join, product(*map(part_of, parts)))
        case _:
            raise ValueError(f"line {node.lineno}: write the name of the event here: {ast.unparse(node)}")


def part_of(node: ast.expr) -> tuple[str, ...]:
    match node:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.FormattedValue(value=ast.Name(id=name)) if name in PARTS:
            return PARTS[name]
    raise ValueError(f"line {node.lineno}: the values of {ast.unparse(node)} are not known here")


def emitted() -> dict[str, set[str]]:
    """The events that the code emits, and the files that do."""
    found: dict[str, set[str]] = {}
    for path in python_files(*PRODUCT):
        if EMIT in imports(path):
            for called, node in calls(path):
                if called.rpartition(".")[2] == "emit":
                    for name in names_of(node.args[0]):
                        found.setdefault(name, set()).add(str(path))
    return found


def test_every_event_that_is_emitted_is_in_the_table_and_passes_the_outbox() -> None:
    unknown = {name: paths for name, paths in emitted().items() if name not in EVENTS or not EVENTS[name].outbox}
    assert unknown == {}


def test_every_event_of_the_table_is_emitted_somewhere() -> None:
    assert {name for name, event in EVENTS.items() if event.outbox} == set(emitted())


@pytest.mark.parametrize("name", ["text", 'f"generation.{kind}"', '"a" + "b"'])
def test_an_event_whose_name_the_source_does_not_say_is_found(name: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        list(names_of(ast.parse(name, mode="eval").body))


@pytest.mark.parametrize("name", CLIENT_EVENTS)
def test_what_clients_subscribe_to_is_fanned_out_and_has_a_reader(name: str) -> None:
    event = EVENTS[name]
    if not event.outbox:
        assert (event.reactions, event.payload) == ((), None)
        return
    assert FAN_OUT in event.reactions
    hints = get_type_hints(payload_reader(name))
    assert hints.pop("return") in (WebhookPayload, WebhookPayload | None)
    assert list(hints.values()) == [OutboxMessage]


@pytest.mark.parametrize("name", sorted(set(EVENTS) - set(CLIENT_EVENTS)))
def test_what_clients_cannot_subscribe_to_is_not_fanned_out_and_cannot_be_read(name: str) -> None:
    assert FAN_OUT not in EVENTS[name].reactions
    with pytest.raises(UnknownEvent, match=name):
        payload_reader(name)


def test_every_reaction_is_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert {reaction.task for event in EVENTS.values() for reaction in event.reactions} <= set(app.tasks)


def test_the_relay_has_a_route_for_everything_that_passes_the_outbox() -> None:
    assert set(routes(app)) == {name for name, event in EVENTS.items() if event.outbox}


def test_clients_can_ask_for_every_end_of_a_generation() -> None:
    assert {f"generation.{status}" for status in TERMINAL} <= set(GENERATION_EVENTS) <= set(CLIENT_EVENTS)
