"""Answers that are made while they are sent: each part is made for its workspace, and holds no connection when made."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

from django.db import connection
from django.http import StreamingHttpResponse

from atelier.core.db.tenancy import current_tenant, tenant


class TenantStream:
    """The parts of `source`, each made for the workspace of the request; `source` keeps no cursor between two parts.

    The server asks for the parts after the request has ended, in another context: the tenant of the request is gone by
    then. It is set while a part is made, and the database connection goes back to the pool before the part is sent,
    so that a slow reader holds none.
    """

    def __init__(self, source: Generator[bytes]) -> None:
        """Begin within a request. Raises ValueError when no workspace is known."""
        self._source, self._workspace_id = source, current_tenant()
        with tenant(self._workspace_id):
            pass  # refuse now, not when the first part is sent

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with tenant(self._workspace_id):
            try:
                return next(self._source)
            finally:
                connection.close()

    def close(self) -> None:
        """Called by Django when the answer is over, however it ended, also before it began."""
        with tenant(self._workspace_id):
            try:
                self._source.close()
            finally:
                connection.close()


def stream_answer(stream: TenantStream, headers: Mapping[str, str]) -> StreamingHttpResponse:
    """The only way to send rows while they are read."""
    return StreamingHttpResponse(stream, headers=dict(headers))
