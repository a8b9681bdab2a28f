"""Operators looking at generations: the list, the page of one, and cancel and retry from both."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from atelier.audit.models import AuditEntry
from generation.models import Generation
from generation.services.claims import report_step
from generation.services.completion import fail_generation
from tests.support.operators import count_queries, log_in, make_person, operator, read, told
from tests.support.stories import (
    dispatch_all,
    open_workspace,
    outcome,
    query,
    send_off,
    settle,
    start_worker,
    status,
    submit,
    submit_many,
    walk_to,
)

pytestmark = pytest.mark.usefixtures("committed", "no_limits")

LIST = "/admin/generation/generation/"


def page(generation: Generation) -> str:
    return reverse("admin:generation_generation_change", args=[generation.id])


def act(browser: Client, action: str, *chosen: Generation) -> list[str]:
    """Run an action of the list; what it told."""
    asked = {"action": action, "_selected_action": [generation.id for generation in chosen]}
    return told(browser.post(LIST, asked, follow=True))


def delivered(**asked: object) -> Generation:
    start_worker()
    generation, fence = send_off(open_workspace(), **asked)
    walk_to(generation, fence, "upload")
    assert settle(generation, fence, images=generation.plan_spec.count)
    return generation


def test_the_list_shows_what_an_operator_asks_first() -> None:
    start_worker()
    generation, fence = send_off(open_workspace("Blue Door"), prompt="a <b>bold</b> apple")
    claim = walk_to(generation, fence, "diffusion")
    report_step(claim, 7, 20)
    text = read(operator(), LIST)
    for shown in (generation.id, "Blue Door", "badge-running", 'max="20" value="7"', "diffusion", "priority", "0 / 1"):
        assert shown in text
    assert "a &lt;b&gt;bold&lt;/b&gt; apple" in text
    assert "<b>bold" not in text


def test_the_list_needs_as_many_queries_for_forty_rows_as_for_one() -> None:
    workspace, browser = open_workspace(), operator()
    submit(workspace)
    count_queries(browser, LIST)  # what a process reads once in some seconds is read now
    one = count_queries(browser, LIST)
    submit_many(workspace, 39)
    assert count_queries(browser, LIST) == one <= 6


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"status": "queued"}, {"apple", "pear"}),
        ({"status": "live"}, {"apple", "pear"}),
        ({"status": "processing"}, set()),
        ({"status": "cancelled"}, {"plum"}),
        ({"queue": "basic"}, {"pear"}),
        ({"model": "no-such-model"}, set()),
        ({"within": "hour"}, {"apple", "pear", "plum"}),
        ({"q": "PEAR green"}, {"pear"}),
        ({"q": "Second"}, {"pear"}),
        ({"q": "100%"}, set()),
        ({"q": "gen_nothing"}, set()),
    ],
)
def test_filters_and_search_find(asked: dict[str, str], found: set[str]) -> None:
    first, second = open_workspace("first"), open_workspace("second", "starter")
    submit(first, prompt="a red apple")
    submit(second, prompt="a green pear")
    plum = submit(first, prompt="a blue plum")
    browser = operator()
    act(browser, "cancel_selected", plum)
    browser.get(LIST)  # the message is read
    text = read(browser, LIST, **asked)
    assert {fruit for fruit in ("apple", "pear", "plum") if f"a {_colour(fruit)} {fruit}" in text} == found


def _colour(fruit: str) -> str:
    return {"apple": "red", "pear": "green", "plum": "blue"}[fruit]


def test_an_id_or_its_beginning_finds_one() -> None:
    workspace = open_workspace()
    wanted, other = submit(workspace), submit(workspace)
    text = read(operator(), LIST, q=wanted.id[:14])
    assert wanted.id in text
    assert other.id not in text


def test_the_page_of_a_delivered_one_shows_images_stages_events_and_ledger() -> None:
    generation = delivered(count=2, seed=41)
    text = read(operator(), page(generation))
    links = query("SELECT id FROM storage_asset WHERE source_id = %s", generation.id)
    assert len(links) == 2
    assert text.count("<img") == text.count("/files/") // 2 == 2
    assert "seed 41" in text
    assert "seed 42" in text
    for shown in ("diffusion", "encode", "upload", "terminal", "badge-completed", "capture", "2 used of 2 held"):
        assert shown in text
    assert "data-live" not in text
    assert "Cancel</button>" not in text
    assert "Retry</button>" not in text


@pytest.mark.parametrize("tail", ["22aaaaaaaaaaaaaaaaaa", "5faaaaaaaaaaaaaaaaaa", "3a25aaaaaaaaaaaaaaaa"])
def test_an_id_that_looks_escaped_has_its_page_too(monkeypatch: pytest.MonkeyPatch, tail: str) -> None:
    monkeypatch.setattr("generation.services.admission.new_id", lambda prefix: f"{prefix}_{tail}")
    generation, browser = submit(open_workspace()), operator()
    assert generation.id == f"gen_{tail}"
    assert "badge-queued" in read(browser, page(generation))
    (link,) = set(re.findall(r'href="(/admin/generation/generation/gen[^"]+/change/)[^"]*"', read(browser, LIST)))
    assert "badge-queued" in read(browser, link)
    browser.post(reverse("admin:generation_generation_cancel", args=[generation.id]))
    assert status(generation) == "cancelled"


def test_the_images_can_be_fetched_from_the_page() -> None:
    browser, generation = operator(), delivered()
    text = read(browser, page(generation))
    link = text.split('<img src="')[1].split('"')[0]
    response = Client().get("/files/" + link.split("/files/")[1])
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"


def test_a_live_page_refreshes_itself_and_can_be_cancelled() -> None:
    generation = submit(open_workspace(), prompt="</script><script>alert(1)</script>")
    browser = operator()
    text = read(browser, page(generation))
    assert "data-live" in text
    assert "atelier/live.js" in text
    assert "<script>alert" not in text
    response = browser.post(reverse("admin:generation_generation_cancel", args=[generation.id]), follow=True)
    assert "is cancelled; its credits are released." in response.content.decode()
    assert outcome(generation) == ("cancelled", 0, 1, 1)


def test_the_page_needs_a_fixed_number_of_queries() -> None:
    generation = delivered(count=4)
    browser = operator()
    assert count_queries(browser, page(generation)) <= 14


def test_a_running_one_is_asked_to_stop_and_the_operator_is_told_so() -> None:
    start_worker()
    generation, fence = send_off(open_workspace())
    walk_to(generation, fence, "diffusion")
    browser = operator()
    assert act(browser, "cancel_selected", generation) == [
        _linked(generation, "is asked to stop; its worker obeys at the next step.")
    ]
    assert status(generation) == "running"
    assert "cancelling" in read(browser, LIST)


def test_cancel_says_for_each_one_why_it_could_not_be() -> None:
    ended = delivered()
    waiting = submit(open_workspace("two"))
    messages = act(operator(), "cancel_selected", ended, waiting)
    assert sorted(messages) == sorted(
        [
            _linked(waiting, "is cancelled; its credits are released."),
            _linked(ended, "was not cancelled: It is completed; there is nothing to cancel."),
        ]
    )


def test_retry_queues_the_same_spec_again_and_leads_to_it() -> None:
    start_worker()
    generation, fence = send_off(open_workspace(), seed=7)
    fail_generation(generation_id=generation.id, fence=fence, code="model_broken", message="No weights.")
    browser = operator()
    text = read(browser, page(generation))
    assert "model_broken" in text
    assert "No weights." in text
    url = reverse("admin:generation_generation_retry", args=[generation.id])
    first = browser.post(url, {"token": "t1"})
    second = browser.post(url, {"token": "t1"})
    copy = Generation.objects.get(retry_of=generation)
    assert first["Location"] == second["Location"] == page(copy)
    assert copy.plan_spec.seed == 7
    assert copy.id in read(browser, page(generation))


def test_retry_is_refused_in_words() -> None:
    poor = open_workspace("poor", credits=1)
    done, spent = delivered(), submit(poor)
    browser = operator()
    act(browser, "cancel_selected", spent)
    submit(poor)
    messages = act(browser, "retry_selected", spent, done)
    assert any("This needs 1 credits and 0 are available." in message for message in messages)
    assert any("was not retried: It is completed." in message for message in messages)


def test_every_cancel_and_retry_leaves_an_audit_row_of_the_operator() -> None:
    generation = submit(open_workspace())
    browser = operator()
    act(browser, "cancel_selected", generation)
    act(browser, "retry_selected", generation)
    person = browser.session["_auth_user_id"]
    rows = AuditEntry.objects.filter(actor=f"user:{person}").order_by("id").values_list("action", flat=True)
    assert list(rows) == ["generation.cancelled", "generation.queued"]


def test_too_many_at_once_are_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.admin.actions.AT_ONCE", 2)
    three = submit_many(open_workspace(), 3)
    assert act(operator(), "cancel_selected", *three) == ["Choose at most 2 generations at once; nothing was done."]
    assert {status(generation) for generation in three} == {"queued"}


def test_many_successes_are_told_as_one_and_refusals_one_by_one() -> None:
    ended, waiting = delivered(), submit_many(open_workspace("two"), 6)
    messages = act(operator(), "cancel_selected", ended, *waiting)
    assert sorted(messages) == sorted(
        [
            "6 generations are cancelled; their credits are released.",
            _linked(ended, "was not cancelled: It is completed; there is nothing to cancel."),
        ]
    )


def test_somebody_who_may_only_look_sees_no_buttons_and_can_do_nothing() -> None:
    generation = submit(open_workspace())
    browser = log_in(make_person("viewer", may=("generation.view_generation",)))
    assert generation.id in read(browser, LIST)
    assert "Cancel</button>" not in read(browser, page(generation))
    assert "cancel_selected" not in read(browser, LIST)
    for name in ("cancel", "retry"):
        url = reverse(f"admin:generation_generation_{name}", args=[generation.id])
        assert browser.post(url).status_code == 403
    act(browser, "cancel_selected", generation)
    assert status(generation) == "queued"


def test_nobody_edits_adds_or_deletes_a_generation() -> None:
    generation = submit(open_workspace())
    browser = operator()
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(page(generation), {"status": "completed"}).status_code == 403
    assert browser.post(f"{page(generation)[:-7]}delete/", {"post": "yes"}).status_code == 403
    assert browser.get(reverse("admin:generation_generation_cancel", args=[generation.id])).status_code == 405
    assert browser.post(reverse("admin:generation_generation_cancel", args=["gen_none"])).status_code == 404
    assert status(generation) == "queued"


def test_workers_are_listed_and_a_silent_one_says_so() -> None:
    start_worker("gpu-1")
    start_worker("gpu-2")
    query("UPDATE generation_worker SET seen_at = seen_at - interval '3 minutes' WHERE name = 'gpu-2' RETURNING name")
    text = read(operator(), "/admin/generation/worker/")
    assert text.count("badge-completed") == text.count("badge-failed") == 1
    assert "gpu.priority" in text
    assert "3 min" in text


def _linked(generation: Generation, words: str) -> str:
    return f'<a href="{page(generation)}">{generation.id}</a> {words}'


def test_dispatched_ones_are_shown_as_processing() -> None:
    start_worker()
    generation = submit(open_workspace())
    dispatch_all()
    assert generation.id in read(operator(), LIST, status="processing")
