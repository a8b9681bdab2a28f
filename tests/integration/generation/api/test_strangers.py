"""No operation reads, changes, counts or even detects another workspace's generations (reliability S3)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.db import connection

from atelier.openapi import build_openapi
from tests.integration.generation.api.caller import BASE, SMALL, Caller

UNKNOWN = "gen_aaaaaaaaaaaaaaaaaaaa"
BODIES = {"generate": SMALL}


def operations_with_an_id() -> Iterable[tuple[str, str]]:
    for path, operations in build_openapi()["paths"].items():
        if "{" in path:
            yield from ((method.upper(), path.removeprefix(BASE)) for method in operations)


def contents() -> list[tuple[object, ...]]:
    """Every row that a stranger could change, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in ("generation_generation", "generation_generationevent", "billing_transfer", "billing_account"):
            cursor.execute(f"SELECT '{table}', t::text FROM {table} t ORDER BY 2")
            rows += cursor.fetchall()
        return rows


def normal(answer: object, generation_id: str) -> tuple[object, ...]:
    """An answer without what belongs to the exchange: its request id and the id that was asked for."""
    body = answer.content.replace(answer.headers["X-Request-Id"].encode(), b"REQ").replace(
        generation_id.encode(), b"ID"
    )
    volatile = {"X-Request-Id", "RateLimit"}
    return answer.status_code, body, {name: value for name, value in answer.headers.items() if name not in volatile}


@pytest.mark.parametrize(("method", "path"), sorted(operations_with_an_id()))
def test_a_strangers_id_is_answered_like_an_unknown_one(api: Caller, stranger: Caller, method: str, path: str) -> None:
    theirs = stranger.generate()
    before = contents()
    answers = {
        generation_id: api.call(method, path.replace("{generation_id}", generation_id))
        for generation_id in (theirs, UNKNOWN)
    }
    assert answers[theirs].status_code == 404
    assert len(answers[theirs].content) == len(answers[UNKNOWN].content)
    assert normal(answers[theirs], theirs) == normal(answers[UNKNOWN], UNKNOWN)
    assert contents() == before


def test_there_are_operations_to_check() -> None:
    assert len(list(operations_with_an_id())) >= 4


def test_lists_and_figures_count_only_ones_own(api: Caller, stranger: Caller) -> None:
    stranger.generate()
    assert api.get("/projects").json() == {"projects": [], "nextCursor": None}
    account = api.get("/account").json()
    assert (account["usage"]["today"]["queued"], account["held"]) == (0, 0)


def test_a_strangers_cursor_shows_only_ones_own(api: Caller, stranger: Caller) -> None:
    mine = api.generate()
    for _ in range(2):
        stranger.generate()
    cursor = stranger.get("/projects?limit=1").json()["nextCursor"]
    assert [project["generationId"] for project in api.get(f"/projects?cursor={cursor}").json()["projects"]] == [mine]


def test_a_strangers_rate_is_not_mine(api: Caller, stranger: Caller) -> None:
    for _ in range(11):
        stranger.post()
    assert api.post().headers["RateLimit"].startswith('"generate";r=9;')
