"""GET /files/<token>: the bytes that a signed link of the local backend leads to."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import BinaryIO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from atelier.core.http.negotiation import AnyAccept
from storage.api.ranges import parse_range
from storage.links import LinkInvalid
from storage.services import LinkedFile, open_link

CHUNK = 64 * 1024
"""Bytes read at a time from a file of which a part is sent."""


class FileView(APIView):
    """The link itself is the permission: no key, no session, no limit but the signature's."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    content_negotiation_class = AnyAccept
    http_method_names = ("get", "head")

    @extend_schema(exclude=True)
    def get(self, request: Request, token: str) -> HttpResponseBase:
        # The signature covers the path; whatever was added behind it is a change as well.
        if request.META.get("QUERY_STRING"):
            raise LinkInvalid()
        return answer(request, open_link(token))


def answer(request: Request, file: LinkedFile) -> HttpResponseBase:
    """The whole file, a part of it, or 304, with the headers that every one of them carries."""
    try:
        response = _content(request, file)
    except BaseException:
        file.stream.close()
        raise
    for name, value in _headers(file).items():
        response.headers[name] = value
    return response


def _content(request: Request, file: LinkedFile) -> HttpResponseBase:
    size = os.fstat(file.stream.fileno()).st_size
    etag = _etag(file)
    unchanged = get_conditional_response(request, etag=etag) if etag else None
    if unchanged is not None:
        file.stream.close()
        return unchanged
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    part = parse_range(asked, size) if asked else None
    if request.method == "HEAD":
        file.stream.close()
        return HttpResponse(headers={"Content-Length": str(size)})
    if part is None:
        return FileResponse(file.stream, content_type=file.claim.content_type)
    first, last = part
    length = last - first + 1
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(length)}
    return StreamingHttpResponse(_window(file.stream, first, length), status=206, headers=headers)


def _headers(file: LinkedFile) -> dict[str, str]:
    """The sandbox keeps a picture that turns out to be a document (SVG) from running anything on our origin."""
    headers = {
        "Content-Type": file.claim.content_type,
        "Content-Disposition": f'inline; filename="{file.claim.filename}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": f"private, max-age={max(0, int(file.claim.expires_at - time.time()))}, immutable",
        "Accept-Ranges": "bytes",
    }
    return headers | ({"ETag": _etag(file)} if file.sha256 else {})


def _etag(file: LinkedFile) -> str:
    return f'"{file.sha256}"' if file.sha256 else ""


def _window(stream: BinaryIO, first: int, length: int) -> Iterator[bytes]:
    with stream:
        stream.seek(first)
        while length > 0 and (chunk := stream.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
