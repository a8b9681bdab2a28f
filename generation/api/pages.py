"""Pages of a workspace's generations that stay where they are while new ones arrive."""

from __future__ import annotations

from django.db.models import QuerySet

from atelier.core.http.paging import Page, Place, take_page
from generation.api.parameters import ListQuery
from generation.models import Generation
from generation.pipeline import lifecycle
from generation.selectors import list_generations


def read_page(workspace_id: str, query: ListQuery) -> Page[Generation]:
    """The page after the query's cursor. It is a place in the order, not a number: inserts shift nothing."""
    rows = _matching(workspace_id, query)
    return take_page(rows, query.limit, lambda generation: Place.of(generation).encode())


def _matching(workspace_id: str, query: ListQuery) -> QuerySet[Generation]:
    found = list_generations(workspace_id)
    if query.status is not None:
        found = found.filter(status__in=[s for s in lifecycle.STATUSES if lifecycle.public_status(s) == query.status])
    if query.kind is not None:
        found = found.filter(kind=query.kind)
    if query.created_after is not None:
        found = found.filter(created_at__gt=query.created_after)
    if query.created_before is not None:
        found = found.filter(created_at__lt=query.created_before)
    return found if query.cursor is None else query.cursor.after(found)
