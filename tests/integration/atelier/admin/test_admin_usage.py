"""What operators see of a workspace's spending and of its limits, on its page."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from atelier.admin.usage import read_usage
from billing.services.holds import place_hold, resolve_hold
from tests.integration.atelier.admin.forms import page
from tests.support.operators import count_queries, operator, read
from tests.support.stories import open_workspace

pytestmark = pytest.mark.usefixtures("committed", "no_limits")


def deliver(workspace_id: str, credits: int, reference: str) -> None:
    place_hold(workspace_id=workspace_id, amount=credits, reference=reference)
    resolve_hold(reference=reference, captured=credits)


def test_a_new_workspace_is_told_to_have_spent_nothing() -> None:
    text = read(operator(), page(open_workspace("Blue Door")))
    assert "Nothing was spent in these days." in text
    assert "usage-title" not in text


def test_the_page_draws_what_was_spent_and_by_nobody_else() -> None:
    workspace, other = open_workspace("Blue Door", tier="starter"), open_workspace("other")
    deliver(workspace.pk, 7, "gen_a")
    deliver(workspace.pk, 5, "gen_b")
    deliver(other.pk, 900, "gen_c")
    text = read(operator(), page(workspace))
    assert "<strong>12</strong> credits spent, <strong>2</strong> generations" in text
    (drawing,) = re.findall(r"<svg viewBox=.*?</svg>", text, re.DOTALL)
    assert drawing.count('class="usage-bar"') == 30
    assert "12 credits for 2 generations" in drawing
    assert 'aria-labelledby="usage-title usage-desc"' in drawing
    assert "style=" not in drawing
    assert "<dt>Jobs an hour</dt><dd>20</dd>" in text


def test_it_is_one_query_whatever_was_spent() -> None:
    workspace, browser = open_workspace("one"), operator()
    before = count_queries(browser, page(workspace))
    for number in range(5):
        deliver(workspace.pk, 1, f"gen_{number}")
    with CaptureQueriesContext(connection) as captured:
        assert read_usage(workspace.pk).generations == 5
    assert len(captured) == 1
    assert count_queries(browser, page(workspace)) == before
