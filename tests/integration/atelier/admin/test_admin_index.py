"""The first page says how the house is doing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.operators import count_queries, operator, read
from tests.support.stories import open_workspace, query, send_off, start_worker, submit, walk_to

pytestmark = pytest.mark.usefixtures("committed", "no_limits")


def test_the_first_page_says_how_the_house_is_doing(settings: Any) -> None:
    settings.ATELIER_FLOWER_URL = "http://flower.example/"
    start_worker()
    workspace = open_workspace("one")
    generation, fence = send_off(workspace)
    walk_to(generation, fence, "diffusion")
    submit(workspace)
    submit(open_workspace("two", "starter"))
    query(
        "UPDATE generation_generation SET created_at = created_at - interval '1 hour'"
        " WHERE queue = 'basic' RETURNING id"
    )
    text = read(operator(), "/admin/")
    cells = [
        re.sub(r"<[^>]+>|\s", " ", row).split() for row in re.findall(r"<tr>\s*<th scope=.row.>.*?</tr>", text, re.S)
    ]
    by_tier = {row[0]: row for row in cells}
    assert by_tier["studio"][2] == "1"
    assert by_tier["starter"][2] == "1"
    assert "wrong" in text.split(">starter<")[1]
    assert "http://flower.example/" in text
    assert "the books add up" in text
    assert "worker alive" in text


def test_the_first_page_without_flower_and_workers_says_so() -> None:
    text = read(operator(), "/admin/")
    assert "Flower" not in text
    assert "workers alive" in text
    assert "card-wrong" in text


def test_the_first_page_needs_a_fixed_number_of_queries() -> None:
    browser = operator()
    assert count_queries(browser, "/admin/") <= 10
