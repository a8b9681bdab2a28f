"""Reading, listing, cancelling and retrying generations."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from atelier.accounts.models import TokenBucket
from billing.selectors import get_balance
from generation.models import Generation
from generation.pipeline import lifecycle
from generation.services.recovery import reconcile
from tests.integration.generation.api.caller import SMALL, Caller, code
from tests.support.stories import dispatch_all, pass_stage, send_off, settle, start, take, walk_to


def finish(api: Caller, images: int = 1, **asked: object) -> str:
    """A generation that is completed; its id."""
    generation, fence = send_off(api.workspace, count=images, width=64, height=64, **asked)
    walk_to(generation, fence, "upload")
    assert settle(generation, fence, images)
    return generation.id


def test_a_generation_shows_itself_from_the_queue_to_the_delivery(api: Caller) -> None:
    generation_id = api.generate(seed=7)
    shown = api.get(f"/projects/{generation_id}").json()
    assert (shown["status"], shown["isTerminal"], shown["startedAt"]) == ("queued", False, None)
    assert shown["progress"] | {"etaSeconds": 1} == {
        "stage": None,
        "step": 0,
        "steps": 0,
        "percent": 0,
        "queuePosition": 1,
        "etaSeconds": 1,
    }
    dispatch_all()
    assert api.get(f"/projects/{generation_id}").json()["status"] == "processing"
    generation = Generation.objects.get(id=generation_id)
    fence = start(generation)
    claim = take(generation, fence, "prompt")
    assert claim is not None
    pass_stage(claim, "diffusion", {"note": "tidied"})
    take(generation, fence, "diffusion")
    Generation.objects.filter(id=generation_id).update(step=10, steps=20)
    shown = api.get(f"/projects/{generation_id}").json()
    assert shown["status"] == "processing"
    assert shown["progress"]["stage"] == "diffusion"
    assert (shown["progress"]["step"], shown["progress"]["steps"], shown["progress"]["percent"]) == (10, 20, 40)
    assert shown["progress"]["queuePosition"] is None
    assert shown["progress"]["etaSeconds"] >= 1
    assert shown["metadata"]["note"] == "tidied"
    assert shown["metadata"]["stageMs"] == {"prompt": 5}
    assert shown["metadata"]["attempts"] == 1


def test_a_completed_generation_shows_its_images_and_what_it_cost(api: Caller) -> None:
    generation_id = finish(api, images=2, seed=2**32 - 1)
    shown = api.get(f"/projects/{generation_id}").json()
    assert (shown["status"], shown["isTerminal"], shown["error"]) == ("completed", True, None)
    assert shown["progress"]["percent"] == 100
    assert (shown["creditsHeld"], shown["creditsUsed"]) == (2, 2)
    assert shown["processingTimeMs"] >= 0
    assert shown["links"]["cancel"] is None
    assert [image["seed"] for image in shown["images"]] == [2**32 - 1, 0]
    image = shown["images"][0]
    assert (image["safety"], image["quality"]) == (None, None)
    content = b"".join(Client().get("/files/" + image["url"].partition("/files/")[2]).streaming_content)
    assert hashlib.sha256(content).hexdigest() == image["sha256"]
    assert len(content) == image["sizeBytes"]


def test_an_error_is_shown_once_the_generation_has_ended(api: Caller) -> None:
    generation_id = api.generate()
    Generation.objects.filter(id=generation_id).update(error_code="worker_lost", error_message="It stopped.")
    assert api.get(f"/projects/{generation_id}").json()["error"] is None
    Generation.objects.filter(id=generation_id).update(status="failed", completed_at=datetime.now(UTC))
    shown = api.get(f"/projects/{generation_id}").json()
    assert shown["error"] == {"code": "worker_lost", "message": "It stopped."}
    assert shown["links"]["retry"] == shown["links"]["self"] + "/retry"


def test_reading_is_limited_to_sixty_a_minute(api: Caller) -> None:
    path = f"/projects/{api.generate()}"
    first = api.get(path)
    assert first.headers["RateLimit"].startswith('"projects";r=59;')
    assert first.headers["RateLimit-Policy"] == '"projects";q=60;w=60'
    TokenBucket.objects.filter(key__endswith=":projects").update(tokens=-5)
    for refused in (api.get(path), api.get("/projects/gen_aaaaaaaaaaaaaaaaaaaa")):
        assert code(refused, 429) == "rate_limited"
        assert refused.headers["RateLimit"].startswith('"projects";r=0;')


def test_a_queued_generation_is_cancelled_at_once_and_costs_nothing(api: Caller) -> None:
    generation_id = api.generate()
    answer = api.call("DELETE", f"/projects/{generation_id}")
    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
    assert get_balance(api.workspace.id).held == 0
    again = api.call("DELETE", f"/projects/{generation_id}")
    assert code(again, 409) == "already_terminal"
    assert again.json()["generationStatus"] == "cancelled"
    assert reconcile() == {}


def test_a_running_generation_is_asked_to_stop(api: Caller) -> None:
    generation, fence = send_off(api.workspace)
    walk_to(generation, fence, "diffusion")
    answer = api.call("DELETE", f"/projects/{generation.id}")
    assert (answer.status_code, answer.json()["status"]) == (202, "processing")
    assert Generation.objects.get().cancel_requested_at is not None


def test_a_cancelled_generation_is_tried_again_with_the_same_seed(api: Caller) -> None:
    generation_id = api.generate()
    seed = api.get(f"/projects/{generation_id}").json()["metadata"]["seed"]
    api.call("DELETE", f"/projects/{generation_id}")
    answer = api.call("POST", f"/projects/{generation_id}/retry", Idempotency_Key="r1")
    assert answer.status_code == 202
    shown = api.get(f"/projects/{answer.json()['generationId']}").json()
    assert (shown["retryOf"], shown["metadata"]["seed"]) == (generation_id, seed)
    assert api.call("POST", f"/projects/{generation_id}/retry", Idempotency_Key="r1").content == answer.content
    assert Generation.objects.count() == 2


def test_what_is_not_over_or_went_well_is_not_tried_again(api: Caller) -> None:
    completed = finish(api)
    for generation_id in (api.generate(), completed):
        answer = api.call("POST", f"/projects/{generation_id}/retry")
        assert code(answer, 409) == "not_retryable"
        assert "RateLimit" in answer.headers


@pytest.mark.usefixtures("no_limits")
def test_pages_stay_where_they_are_while_new_ones_arrive(api: Caller) -> None:
    ids = [api.generate() for _ in range(5)][::-1]
    first = api.get("/projects?limit=2").json()
    assert [project["generationId"] for project in first["projects"]] == ids[:2]
    api.generate()
    second = api.get("/projects?" + urlencode({"limit": 2, "cursor": first["nextCursor"]})).json()
    third = api.get("/projects?" + urlencode({"limit": 2, "cursor": second["nextCursor"]})).json()
    assert [project["generationId"] for page in (second, third) for project in page["projects"]] == ids[2:]
    assert third["nextCursor"] is None


@pytest.mark.usefixtures("no_limits")
def test_entries_of_the_same_moment_are_each_listed_once(api: Caller) -> None:
    ids = {api.generate() for _ in range(5)}
    Generation.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    seen, query = [], "/projects?limit=2"
    while query:
        page = api.get(query).json()
        seen += [project["generationId"] for project in page["projects"]]
        query = page["nextCursor"] and f"/projects?limit=2&cursor={page['nextCursor']}"
    assert (len(seen), set(seen)) == (5, ids)


def test_a_list_is_filtered_by_status_kind_and_time(api: Caller) -> None:
    queued, running = api.generate(), api.generate()
    Generation.objects.filter(id=running).update(status="running", created_at=datetime(2026, 1, 1, tzinfo=UTC))

    def listed(**query: str) -> list[str]:
        return [project["generationId"] for project in api.get("/projects?" + urlencode(query)).json()["projects"]]

    assert listed(status="processing", kind="image") == [running]
    assert listed(status="completed") == []
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert listed(createdAfter="2026-01-01T00:00:00+00:00") == [queued]
    assert listed(createdBefore="2026-01-01T01:00:00.5Z") == [running]
    assert listed(createdAfter="2025-12-31T23:59:59Z", createdBefore=soon) == [queued, running]


def test_a_plus_sign_that_was_not_escaped_is_understood(api: Caller) -> None:
    assert api.get("/projects?createdAfter=2026-01-01T00:00:00+00:00").status_code == 200


def test_every_status_that_is_stored_has_a_public_name(api: Caller) -> None:
    assert {lifecycle.public_status(status) for status in lifecycle.STATUSES} == set(lifecycle.PUBLIC_STATUSES)


def test_the_generations_of_a_page_are_read_together(api: Caller, django_assert_max_num_queries: object) -> None:
    finish(api, images=2)
    api.generate()
    api.get("/projects")
    with django_assert_max_num_queries(7):
        assert len(api.get("/projects").json()["projects"]) == 2


def test_head_answers_like_get_without_a_body(api: Caller) -> None:
    answer = api.call("HEAD", f"/projects/{api.generate(**SMALL)}")
    assert (answer.status_code, answer.content) == (200, b"")
