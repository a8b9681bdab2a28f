"""manage.py create_operator: the same command makes an operator, repairs one, and leaves a good one alone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError

from atelier.audit.models import AuditEntry
from tests.support.commands import run_command

pytestmark = pytest.mark.usefixtures("committed")
GOOD = "a long enough one"


def run(monkeypatch: pytest.MonkeyPatch, password: str, user: str = "ada") -> str:
    monkeypatch.setenv("ATELIER_ADMIN_PASSWORD", password)
    return run_command("create_operator", user=user)


def test_it_makes_a_superuser_who_can_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, GOOD) == "Operator ada: created.\n"
    ada = User.objects.get(username="ada")
    assert ada.is_superuser
    assert ada.is_staff
    assert ada.check_password(GOOD)


def test_twice_is_the_same_as_once_and_sessions_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, GOOD)
    before = User.objects.get(username="ada").password
    assert run(monkeypatch, GOOD) == "Operator ada: unchanged.\n"
    assert User.objects.get(username="ada").password == before
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["user.created"]


def test_a_new_password_and_lost_rights_are_put_right(monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, GOOD)
    User.objects.update(is_active=False, is_superuser=False)
    assert run(monkeypatch, "quite another one") == "Operator ada: changed.\n"
    ada = User.objects.get(username="ada")
    assert ada.is_active
    assert ada.is_superuser
    assert ada.check_password("quite another one")


@pytest.mark.parametrize("password", ["", "short", "password1234"])
def test_no_password_or_a_weak_one_makes_nobody(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    with pytest.raises(CommandError):
        run(monkeypatch, password)
    assert not User.objects.exists()
