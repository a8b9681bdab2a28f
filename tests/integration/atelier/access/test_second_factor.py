"""Where operators require a second factor, the API asks it of a session as the operators' pages do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from atelier.accounts.models import Membership
from tests.support.client import PREFIX, Answer, fetch
from tests.support.served import served
from tests.support.stories import open_workspace


@pytest.fixture
def base(committed: object) -> Iterator[str]:
    with served() as base:
        yield base


def session(*, factor: bool) -> str:
    """The session of an owner, opened with a password alone or with a device too."""
    person = User.objects.create_superuser("ada")
    Membership.objects.create(workspace=open_workspace(), user=person, role="owner")
    browser = Client()
    browser.force_login(person)
    if factor:
        opened = browser.session
        opened[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=person, confirmed=True).persistent_id
        opened.save()
    return browser.cookies["sessionid"].value


def look(base: str, name: str, path: str = f"{PREFIX}/account") -> Answer:
    return fetch("GET", base + path, Cookie=f"sessionid={name}")


@pytest.mark.parametrize(("required", "factor", "status"), [(0, 0, 200), (0, 1, 200), (1, 1, 200), (1, 0, 403)])
def test_a_session_has_what_is_required_or_opens_nothing(
    base: str, settings: Settings, required: bool, factor: bool, status: int
) -> None:
    settings.ATELIER_ADMIN_SECOND_FACTOR = bool(required)
    name = session(factor=bool(factor))
    answer = look(base, name)
    assert answer.status == status
    assert status == 200 or answer.code == "second_factor_required"
    inside = b'name="password"' not in look(base, name, "/admin/").body
    assert inside == (status == 200)
