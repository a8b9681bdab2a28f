"""One Idempotency-Key, one generation, however often and however simultaneously it is said."""

from __future__ import annotations

from tests.support.client import Api
from tests.support.crowd import post_at_once
from tests.support.installation import Installation

CROWD = 50
BODY = {"prompt": "a red apple", "dimensions": {"width": 64, "height": 64}}


def test_fifty_processes_at_once_make_one_generation(installation: Installation, api: Api) -> None:
    answers = post_at_once(api, [BODY] * CROWD, Idempotency_Key="one click")
    assert {answer.status for answer in answers} == {202}
    assert len({answer.body for answer in answers}) == 1
    assert _counts(installation, api) == (1, 1, 1)
    later = api.post(BODY, Idempotency_Key="one click")
    assert (later.status, later.body) == (202, answers[0].body)
    assert _counts(installation, api) == (1, 1, 1)


def test_a_crowd_of_two_minds_gets_one_answer_and_refusals(installation: Installation, api: Api) -> None:
    """Two bodies under one key, racing: one of them is accepted, whoever sent the other is told."""
    bodies = [BODY | {"seed": number % 2} for number in range(20)]
    answers = post_at_once(api, bodies, Idempotency_Key="two minds")
    assert sorted(answer.status for answer in answers) == [202] * 10 + [422] * 10
    assert {answer.code for answer in answers if answer.status == 422} == {"idempotency_key_reused"}
    assert len({answer.body for answer in answers if answer.status == 202}) == 1
    assert _counts(installation, api) == (1, 1, 1)


def test_a_refusal_for_want_of_credits_stays_a_refusal_under_its_key(installation: Installation) -> None:
    api = installation.poor_api(1)
    dear = BODY | {"count": 2}
    answers = [api.post(dear, Idempotency_Key="too dear") for _ in range(2)]
    assert {(answer.status, answer.code) for answer in answers} == {(402, "insufficient_credits")}
    assert answers[0].body == answers[1].body
    assert (answers[0].json["needed"], answers[0].json["available"]) == (2, 1)
    assert _counts(installation, api) == (0, 0, 0)


def test_the_last_credits_are_spent_once(installation: Installation) -> None:
    """Thirty requests at once and credits for seven."""
    api = installation.poor_api(7)
    answers = post_at_once(api, [BODY] * 30)
    assert sorted(answer.status for answer in answers) == [202] * 7 + [402] * 23


def _counts(installation: Installation, api: Api) -> tuple[int, ...]:
    """How many generations, holds and transfers over a hold the workspace has."""
    workspace = api.call("GET", "/account").json["workspaceId"]
    return installation.query(
        """SELECT (SELECT count(*) FROM generation_generation WHERE workspace_id = %(id)s),
            (SELECT count(*) FROM billing_hold WHERE workspace_id = %(id)s),
            (SELECT count(*) FROM billing_transfer WHERE workspace_id = %(id)s AND kind = 'hold')""".replace(
            "%(id)s", "%s"
        ),
        workspace,
        workspace,
        workspace,
    )[0]
