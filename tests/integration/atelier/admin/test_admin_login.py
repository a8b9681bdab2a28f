"""Logging in at the admin: five wrong guesses end it for a while, and a second factor is asked of who has one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from tests.support.commands import run_command
from tests.support.stories import query

pytestmark = pytest.mark.usefixtures("committed")
LOGIN, PASSWORD = "/admin/login/?next=/admin/", "correct horse battery"


@pytest.fixture
def grace(committed: object) -> User:
    return User.objects.create_superuser("grace", password=PASSWORD)


def log_in(
    password: str = PASSWORD, name: str = "grace", address: str = "192.0.2.1", **more: Any
) -> tuple[int, Client]:
    """The status of the answer, and the browser."""
    browser = Client(REMOTE_ADDR=address)
    return browser.post(LOGIN, {"username": name, "password": password, **more}).status_code, browser


def give_factor() -> bytes:
    """Grace gets a device by the command; its key."""
    run_command("second_factor", user="grace")
    return TOTPDevice.objects.get().bin_key


def test_five_wrong_passwords_shut_the_door_to_that_network_even_for_the_right_one(grace: User) -> None:
    assert [log_in("wrong")[0] for _ in range(5)] == [200] * 4 + [429]
    answer = Client(REMOTE_ADDR="192.0.2.1").post(LOGIN, {"username": "grace", "password": PASSWORD})
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "15 minutes" in answer.content.decode()
    assert log_in("wrong", name="nobody")[0] == 429
    assert log_in(address="192.0.2.2")[0] == 302


def test_a_right_password_forgets_the_wrong_ones_and_so_does_time(grace: User) -> None:
    for _ in range(2):
        assert [log_in("wrong")[0] for _ in range(4)] == [200] * 4
        assert log_in()[0] == 302
    assert [log_in("wrong")[0] for _ in range(5)][-1] == 429
    query(
        "UPDATE axes_accessattempt SET attempt_time = %s RETURNING 1", timezone.now() - timedelta(minutes=15, seconds=1)
    )
    assert log_in()[0] == 302


def test_addresses_of_one_ipv6_network_count_as_one(grace: User) -> None:
    assert [log_in("wrong", address=f"2001:db8:0:1::{number}")[0] for number in range(1, 6)][-1] == 429
    assert log_in(address="2001:db8:0:1:ffff::1")[0] == 429
    assert log_in(address="2001:db8:0:2::1")[0] == 302


def test_a_header_that_anybody_can_send_does_not_change_the_address(grace: User) -> None:
    for number in range(5):
        Client(REMOTE_ADDR="192.0.2.1").post(
            LOGIN, {"username": "grace", "password": "wrong"}, headers={"X-Forwarded-For": f"192.0.2.{number + 10}"}
        )
    assert log_in()[0] == 429


def test_what_was_typed_stands_nowhere(grace: User, capfd: pytest.CaptureFixture[str]) -> None:
    log_in("my-real-password", otp_token="314159")
    log_in("my-real-password", name="my-real-password-as-name", otp_token="314159")
    rows = str(query("SELECT t::text FROM axes_accessattempt t"))
    logged = "".join(capfd.readouterr())
    for typed in ("my-real-password'", 'my-real-password"', "password=my-real-password", "314159"):
        assert typed not in rows
        assert typed not in logged


def test_who_has_a_second_factor_needs_its_code(grace: User) -> None:
    key = give_factor()
    status, browser = log_in()
    assert status == 200
    assert "OTP" in browser.post(LOGIN, {"username": "grace", "password": PASSWORD}).content.decode()
    assert browser.get("/admin/").status_code == 302
    device = TOTPDevice.objects.get()
    right = f"{totp(key):06d}"
    chosen = {"otp_device": device.persistent_id}
    wrong = f"{(totp(key) + 1) % 1_000_000:06d}"
    assert [log_in(otp_token=wrong, **chosen)[0] for _ in range(6)] == [200] * 6
    query("UPDATE otp_totp_totpdevice SET throttling_failure_timestamp = now() + interval '1 minute' RETURNING 1")
    assert log_in(otp_token=right, **chosen)[0] == 200, "a guess makes the next one wait, however slow this machine is"
    query("UPDATE otp_totp_totpdevice SET throttling_failure_timestamp = now() - interval '1 minute' RETURNING 1")
    status, browser = log_in(otp_token=right, **chosen)
    assert status == 302
    assert browser.get("/admin/").status_code == 200
    assert log_in(otp_token=right, **chosen)[0] == 200, "a code is used once"


def test_the_code_of_somebody_elses_device_is_no_second_factor(grace: User) -> None:
    give_factor()
    other = TOTPDevice.objects.create(user=User.objects.create_superuser("mallory", password=PASSWORD), name="own")
    assert log_in(otp_token=f"{totp(other.bin_key):06d}", otp_device=other.persistent_id)[0] == 200


def test_without_one_a_password_is_enough_until_operators_demand_more(grace: User, settings: Settings) -> None:
    status, browser = log_in()
    assert (status, browser.get("/admin/").status_code) == (302, 200)
    settings.ATELIER_ADMIN_SECOND_FACTOR = True
    assert browser.get("/admin/").status_code == 302
    assert log_in()[0] == 200
    key = give_factor()
    status, browser = log_in(otp_token=f"{totp(key):06d}", otp_device=TOTPDevice.objects.get().persistent_id)
    assert (status, browser.get("/admin/").status_code) == (302, 200)


def test_a_new_factor_and_its_removal_log_the_person_out_everywhere_and_nobody_else(grace: User) -> None:
    User.objects.create_superuser("mallory", password=PASSWORD)
    other = log_in(name="mallory")[1]
    stolen, own = log_in()[1], log_in()[1]
    assert [browser.get("/admin/").status_code for browser in (stolen, own, other)] == [200, 200, 200]
    key = give_factor()
    assert [browser.get("/admin/").status_code for browser in (stolen, own, other)] == [302, 302, 200]
    again = log_in(otp_token=f"{totp(key):06d}", otp_device=TOTPDevice.objects.get().persistent_id)[1]
    assert again.get("/admin/").status_code == 200
    run_command("second_factor", user="grace", remove=True)
    assert [browser.get("/admin/").status_code for browser in (again, other)] == [302, 200]


def test_the_command_shows_the_key_once_and_leaves_audit_rows(grace: User) -> None:
    said = run_command("second_factor", user="grace")
    assert re.search(r"otpauth://totp/Atelier%3A\S*grace\?secret=[A-Z2-7]{32}&", said)
    run_command("second_factor", user="grace", remove=True)
    assert TOTPDevice.objects.count() == 0
    subject = f"user:{grace.pk}"
    assert query("SELECT action, subject FROM audit_auditentry ORDER BY id") == [
        ("second_factor.created", subject),
        ("second_factor.removed", subject),
    ]
    with pytest.raises(CommandError, match="nobody"):
        run_command("second_factor", user="heinz")


def test_no_page_shows_the_devices(grace: User) -> None:
    key = give_factor()
    browser = Client()
    browser.force_login(grace)
    assert browser.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert key.hex() not in browser.get(f"/admin/auth/user/{grace.pk}/change/").content.decode()
