"""Pages of a workspace's generations that stay where they are while new ones arrive."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from generation.api.parameters import ListQuery, Place
from generation.models import Generation
from generation.pipeline import lifecycle
from generation.selectors import list_generations


@dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` generations, newest first, and the cursor of the next page; None at the end."""

    generations: list[Generation]
    next_cursor: str | None


def read_page(workspace_id: str, query: ListQuery) -> Page:
    """The page after the query's cursor. It is a place in the order, not a number: inserts shift nothing."""
    rows = list(_matching(workspace_id, query)[: query.limit + 1])
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    return Page(shown, Place(shown[-1].created_at, shown[-1].id).encode() if more else None)


def _matching(workspace_id: str, query: ListQuery) -> QuerySet[Generation]:
    found = list_generations(workspace_id)
    if query.status is not None:
        found = found.filter(status__in=[s for s in lifecycle.STATUSES if lifecycle.public_status(s) == query.status])
    if query.created_after is not None:
        found = found.filter(created_at__gt=query.created_after)
    if query.created_before is not None:
        found = found.filter(created_at__lt=query.created_before)
    if query.cursor is not None:
        place = query.cursor
        older = Q(created_at__lt=place.created_at) | Q(created_at=place.created_at, id__lt=place.id)
        found = found.filter(older, created_at__lte=place.created_at)  # the second lets the index begin there
    return found
