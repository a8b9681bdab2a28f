"""Ending the sessions of a person whose way in has changed."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone


def end_sessions(person_id: int) -> int:
    """Log the person out everywhere; how many sessions there were. Reads every open session: only people have one."""
    open_ones = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [row.pk for row in open_ones.iterator() if row.get_decoded().get(SESSION_KEY) == str(person_id)]
    return Session.objects.filter(pk__in=theirs).delete()[0]
