"""The pages for people: each names its icon and its styles, and they are there."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles.finders import find
from django.test import Client

pytestmark = pytest.mark.usefixtures("committed")


@pytest.mark.parametrize("path", ["/", "/docs", "/admin/login/"])
def test_what_a_page_links_is_there(path: str) -> None:
    page = Client().get(path).content.decode()
    linked = re.findall(r'<link rel="(\w+)"[^>]* href="/static/([^"]+)"', page)
    assert {"icon", "stylesheet"} <= {kind for kind, _ in linked}
    assert [name for _, name in linked if find(name) is None] == []
