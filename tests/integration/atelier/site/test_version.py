"""Which version runs is shown where an operator and a client look, and is told in one place."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from atelier import __version__
from tests.architecture.source import PROJECT
from tests.support.operators import operator, read

pytestmark = pytest.mark.usefixtures("committed")
API = f"/{settings.API_PREFIX}"


def test_the_changelog_has_a_section_for_it() -> None:
    sections = re.findall(r"^## (.+)$", (PROJECT / "CHANGELOG.md").read_text(), re.M)
    assert sections[0] == "Unreleased"
    assert sections[1].startswith(f"{__version__} (")


@pytest.mark.parametrize("path", ["/health/live", f"{API}health/live"])
def test_a_living_process_says_its_version(path: str) -> None:
    assert Client().get(path).json() == {"status": "ok", "version": __version__}


def test_the_api_document_says_it() -> None:
    assert Client().get(f"{API}openapi.json").json()["info"]["version"] == __version__


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/workspace/"])
def test_the_admin_says_it(path: str) -> None:
    assert f"Atelier {__version__}" in read(operator(), path)
