"""People at the admin: operators with all rights, staff with a few, and what they read there."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def make_person(name: str, *, staff: bool = True, superuser: bool = False, may: tuple[str, ...] = ()) -> User:
    """A person; `may` lists permissions as `app.codename`."""
    person = User.objects.create_user(name, is_staff=staff, is_superuser=superuser)
    for permission in may:
        app, codename = permission.split(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return person


def log_in(person: User) -> Client:
    """The person's browser."""
    browser = Client()
    browser.force_login(person)
    return browser


def operator() -> Client:
    """The browser of somebody who may do everything."""
    return log_in(make_person("operator", superuser=True))


def told(response: Any) -> list[str]:
    """The messages on the page a response led to."""
    return [str(message) for message in get_messages(response.wsgi_request)] or [
        str(message) for message in (response.context or {}).get("messages", [])
    ]


def read(browser: Client, url: str, **asked: Any) -> str:
    """The text of a page that must be there."""
    response = browser.get(url, asked)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def count_queries(browser: Client, url: str) -> int:
    """How many statements the page needs."""
    with CaptureQueriesContext(connection) as captured:
        read(browser, url)
    return len(captured)
