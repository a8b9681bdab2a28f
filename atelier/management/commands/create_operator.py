"""manage.py create_operator: a superuser for the admin, made or brought up to date."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from atelier.audit.services import record
from atelier.core.db.tenancy import across
from atelier.settings import env

PASSWORD_VARIABLE = "ATELIER_ADMIN_PASSWORD"
RIGHTS = ("is_active", "is_staff", "is_superuser")


class Command(BaseCommand):
    help = f"Create or update a superuser. The password is read from {PASSWORD_VARIABLE}. Twice is the same as once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        password = _password()
        with across("command"), transaction.atomic():
            done = make_operator(name=options["user"], password=password)
        self.stdout.write(f"Operator {options['user']}: {done}.")


def make_operator(*, name: str, password: str) -> str:
    """The operator of that name with this password and all rights: `created`, `changed` or `unchanged`.

    An unchanged password is not written again, so that sessions stay. Raises CommandError for a weak password.
    """
    user, created = get_user_model().objects.get_or_create(username=name)
    right = not created and user.check_password(password) and all(getattr(user, flag) for flag in RIGHTS)
    if right:
        return "unchanged"
    _check_strength(password, user)
    for flag in RIGHTS:
        setattr(user, flag, True)
    if not user.check_password(password):
        user.set_password(password)
    user.save()
    done = "created" if created else "changed"
    record(workspace_id=None, actor="create_operator", action=f"user.{done}", subject=f"user:{user.pk}")
    return done


def _password() -> str:
    try:
        return env.text(PASSWORD_VARIABLE)
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from error


def _check_strength(password: str, user: Any) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
