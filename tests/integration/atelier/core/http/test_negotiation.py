"""Media types and query strings that clients really send, through the real servers."""

from __future__ import annotations

import pytest

from atelier.stacks.secrets import ADMIN_USER
from tests.integration.generation.api.caller import Caller
from tests.support.exchange import BASE, ask
from tests.support.stories import open_workspace


@pytest.fixture
def customer(committed: object) -> Caller:
    return Caller.of(open_workspace("one"))


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/account/ledger?format=csv", "text/csv", "text/csv"),
        ("/account/ledger?format=csv", "text/*", "text/csv"),
        ("/account/ledger?format=csv", "", "text/csv"),
        ("/account/ledger?format=csv", "*/*", "text/csv"),
        ("/account/ledger?format=csv", "application/json", "text/csv"),
        ("/account/usage?format=csv", "text/csv", "text/csv"),
        ("/account/ledger", "text/csv", "text/csv"),
        ("/account/ledger", "", "application/json"),
        ("/account/ledger", "*/*, text/csv;q=0.1", "text/csv"),
        ("/account/ledger?format=json", "text/csv", "application/json"),
        ("/account", "", "application/json"),
        ("/account", " , ", "application/json"),
        ("/health/live", "", "application/json"),
    ],
)
def test_what_is_accepted_is_given(port: int, customer: Caller, path: str, accept: str, expected: str) -> None:
    answer = ask(port, BASE + path, customer.key, Accept=accept)
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (200, expected)


@pytest.mark.parametrize(("path", "accept"), [("/account", "text/csv"), ("/account/ledger", "image/png")])
def test_what_nobody_offers_is_refused(port: int, customer: Caller, path: str, accept: str) -> None:
    answer = ask(port, BASE + path, customer.key, Accept=accept)
    assert (answer.status, answer.json()["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize(
    "path",
    ["/projects?limit=1&limit=100", "/projects?status=queued&status=failed", "/account/ledger?format=csv&format=json"],
)
def test_a_parameter_that_comes_twice_is_refused_by_name(port: int, customer: Caller, path: str) -> None:
    answer = ask(port, BASE + path, customer.key)
    assert (answer.status, answer.json()["code"]) == (400, "invalid_parameter")
    assert answer.json()["errors"][0]["parameter"] == path.split("?")[1].split("=")[0]


MANY = "&".join("p" * 1001)


def test_a_thousand_and_one_parameters_are_a_400(port: int, customer: Caller) -> None:
    answer = ask(port, f"{BASE}/projects?{MANY}", customer.key)
    assert (answer.status, answer.json()["code"]) == (400, "bad_request")
    assert "1,000" in answer.json()["detail"]


@pytest.fixture
def operator(customer: Caller) -> str:
    """The cookie of an operator's session."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    browser = Client()
    browser.force_login(get_user_model().objects.create_superuser(ADMIN_USER, password="a long password"))
    return f"sessionid={browser.cookies['sessionid'].value}"


@pytest.mark.parametrize(
    "path",
    [
        "/admin/generation/generation/?status=%00",
        "/admin/generation/generation/?q=%00",
        "/admin/generation/generation/%00/change/",
        "/admin/accounts/apikey/?workspace__id__exact=a%00b",
        "/admin/login/?next=%00",
        f"/admin/generation/generation/?{MANY}",
    ],
)
def test_the_admin_refuses_what_its_database_cannot_read(port: int, operator: str, path: str) -> None:
    answer = ask(port, path, Cookie=operator)
    assert (answer.status, answer.json()["code"]) == (400, "bad_request")
    assert ask(port, "/admin/generation/generation/", Cookie=operator).status == 200
