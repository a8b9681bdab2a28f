"""Sessions of people: whether one has the second factor that is required, and ending those whose way in has changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone


def is_verified(person: Any) -> bool:
    """Whether the session of `request.user` has all that is asked of it: the second factor, where operators require it.

    The one rule for the operators' pages and for the API.
    """
    return not settings.ATELIER_ADMIN_SECOND_FACTOR or bool(person.is_verified())


def end_sessions(person_id: int) -> int:
    """Log the person out everywhere; how many sessions there were. Reads every open session: only people have one."""
    open_ones = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [row.pk for row in open_ones.iterator() if row.get_decoded().get(SESSION_KEY) == str(person_id)]
    return Session.objects.filter(pk__in=theirs).delete()[0]
