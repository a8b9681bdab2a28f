"""manage.py second_factor: gives a person the second factor for the admin, or takes it away."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from atelier.accounts.sessions import end_sessions
from atelier.audit.services import record
from atelier.core.db.tenancy import across


class Command(BaseCommand):
    help = (
        "Give a person a new second factor (TOTP) and show its key once, or take it away. Replaces an older one, and"
        " logs the person out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)
        parser.add_argument("--remove", action="store_true")

    @across("command")
    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"]).first()
        if person is None:
            raise CommandError(f"There is nobody with the user name {options['user']}.")
        if options["remove"]:
            remove_factor(person)
            self.stdout.write(f"{person.username} logs in with a password alone from now on.")
        else:
            self.stdout.write(f"Enter this in an authenticator app; it is not shown again:\n{make_factor(person)}")


def make_factor(person: User) -> str:
    """A new device in place of those the person has; its `otpauth:` address, which holds the key.

    Whoever is logged in as that person, without the new device, is logged out.
    """
    with transaction.atomic():
        TOTPDevice.objects.filter(user=person).delete()
        device = TOTPDevice.objects.create(user=person, name="second factor", confirmed=True)
        end_sessions(person.pk)
        _record(person, "created")
    return device.config_url


def remove_factor(person: User) -> None:
    """The person's devices are gone, and so is who was logged in with one."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=person).delete()
        end_sessions(person.pk)
        _record(person, "removed")


def _record(person: User, done: str) -> None:
    record(workspace_id=None, actor="second_factor", action=f"second_factor.{done}", subject=f"user:{person.pk}")
