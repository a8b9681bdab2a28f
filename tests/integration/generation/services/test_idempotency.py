"""One answer a key: however often and however fast a request is repeated, it is accepted once."""

from __future__ import annotations

from typing import Any

import pytest

from atelier.accounts.models import Workspace
from billing.selectors import get_balance
from generation.models import Generation
from generation.services.acceptance import retry_generation
from generation.services.completion import fail_generation
from generation.services.idempotency import Answer, IdempotencyKeyReused, Key, find_answer, store_answer
from tests.support.processes import Call, alone, at_once, call
from tests.support.stories import open_workspace, order, query, send_off, start_worker, submit, submit_many

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def workspace(committed: object) -> Workspace:
    return open_workspace("one", "starter", credits=10)


def key_of(workspace: Workspace, text: str = "click-1", body: bytes = b'{"prompt":"a red apple"}') -> Key:
    return Key.of(workspace.id, "generate", text, body)


def asking(workspace: Workspace, key: Key | None, **settings: Any) -> Call:
    return call(order, settings=settings, workspace=workspace, key=key)


def accepted() -> tuple[int, int, int]:
    """(generations, holds, idempotency records)"""
    return query(
        "SELECT (SELECT count(*) FROM generation_generation), (SELECT count(*) FROM billing_hold),"
        " (SELECT count(*) FROM generation_idempotencyrecord)"
    )[0]


def test_ten_processes_with_one_key_are_one_request(workspace: Workspace) -> None:
    outcomes = at_once([asking(workspace, key_of(workspace))] * 10)
    assert {one.error for one in outcomes} == {""}
    assert len({(one.value.status, one.value.body, str(sorted(one.value.headers.items()))) for one in outcomes}) == 1
    assert accepted() == (1, 1, 1)
    assert get_balance(workspace.id).available == 9
    assert query("SELECT min(tokens) BETWEEN 3.9 AND 4.1 FROM accounts_tokenbucket") == [(True,)], "one token is spent"


def test_the_last_token_goes_to_all_copies_of_one_request(workspace: Workspace) -> None:
    submit_many(workspace, 4)
    outcomes = at_once([asking(workspace, key_of(workspace))] * 8)
    assert {one.error for one in outcomes} == {""}
    assert len({one.value.body for one in outcomes}) == 1
    assert accepted() == (5, 5, 1)


def test_processes_with_keys_of_their_own_are_requests_of_their_own(workspace: Workspace) -> None:
    outcomes = at_once([asking(workspace, key_of(workspace, f"click-{number}")) for number in range(5)])
    assert len({one.value.body for one in outcomes}) == 5
    assert accepted() == (5, 5, 5)


def test_the_answer_is_the_same_bytes_days_later(workspace: Workspace) -> None:
    key = key_of(workspace)
    first = alone(asking(workspace, key).function, **asking(workspace, key).values).value
    Generation.objects.update(status="running")
    assert alone(asking(workspace, key).function, **asking(workspace, key).values).value == first
    assert find_answer(key) == first


def test_another_body_under_a_used_key_is_refused(workspace: Workspace) -> None:
    submit(workspace, key=key_of(workspace))
    with pytest.raises(IdempotencyKeyReused):
        submit(workspace, key=key_of(workspace, body=b'{"prompt":"a green apple"}'))
    assert accepted() == (1, 1, 1)


def test_two_bodies_racing_for_one_key_are_one_request_and_one_refusal(workspace: Workspace) -> None:
    bodies = [b'{"prompt":"a red apple"}', b'{"prompt":"a green apple"}'] * 4
    outcomes = at_once([asking(workspace, key_of(workspace, body=body)) for body in bodies])
    assert sorted(one.error for one in outcomes) == [""] * 4 + ["IdempotencyKeyReused"] * 4
    assert accepted() == (1, 1, 1)


def test_a_key_belongs_to_its_workspace_and_endpoint(workspace: Workspace) -> None:
    other = open_workspace("other")
    assert submit(workspace, key=key_of(workspace)).id != submit(other, key=key_of(other)).id
    assert find_answer(Key.of(workspace.id, "retry:gen_x", "click-1", b"")) is None


def test_a_refused_request_leaves_its_key_free(workspace: Workspace) -> None:
    outcome = alone(
        order,
        workspace=workspace,
        key=key_of(workspace),
        prompt="eleven",
        width=1024,
        height=1024,
        count=8,
        model="tiny",
    )
    assert outcome.error == ""
    big = key_of(workspace, "click-2", b"big")
    refused = alone(order, workspace=workspace, key=big, prompt="too many", count=8)
    assert refused.error == "InsufficientCredits"
    assert find_answer(big) is None
    assert accepted() == (1, 1, 1)


@pytest.mark.parametrize(("point", "kept"), [("submit.before_commit", 0), ("submit.after_commit", 1)])
def test_a_server_that_dies_between_commit_and_answer_gives_the_answer_at_the_next_try(
    workspace: Workspace, point: str, kept: int
) -> None:
    asked = asking(workspace, key_of(workspace), ATELIER_CRASHPOINT=point)
    assert alone(asked.function, settings=asked.settings, **asked.values).signal == 9
    assert accepted() == (kept, kept, kept)
    generation = submit(workspace, key=key_of(workspace))
    assert accepted() == (1, 1, 1)
    assert query("SELECT id FROM generation_generation") == [(generation.id,)]
    assert query("SELECT count(*) FROM audit_auditentry") == [(1,)]


def test_a_retry_pressed_eight_times_is_one_new_generation(workspace: Workspace) -> None:
    start_worker()
    failed, fence = send_off(workspace)
    fail_generation(generation_id=failed.id, fence=fence, code="x", message="x")
    key = Key.of(workspace.id, f"retry:{failed.id}", "again", b"")
    outcomes = at_once([call(retry_generation, workspace=workspace, generation_id=failed.id, actor="k", key=key)] * 8)
    assert len({one.value.body for one in outcomes}) == 1
    assert query("SELECT count(*) FROM generation_generation WHERE retry_of_id = %s", failed.id) == [(1,)]


def test_a_kept_answer_is_never_replaced(workspace: Workspace) -> None:
    key = key_of(workspace)
    assert store_answer(key, Answer(202, '{"a": 1}', {"Location": "/a"}))
    assert not store_answer(key, Answer(202, '{"a": 2}'))
    assert find_answer(key) == Answer(202, '{"a": 1}', {"Location": "/a"})
