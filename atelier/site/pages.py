"""Pages and documents beside the API: welcome, API reference, error codes, health."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from pydantic import ConfigDict, Field
from rest_framework.request import Request
from rest_framework.views import APIView

from atelier import __version__
from atelier.core.errors import AtelierError
from atelier.core.http.answers import to_json
from atelier.core.http.bodies import Answer
from atelier.core.http.documentation import ANYWHERE, Ok, operation
from atelier.site.health import read_readiness
from atelier.site.openapi import list_codes, openapi_bytes


class NotReady(AtelierError):
    """This process cannot serve now; `reasons` says why, part by part."""

    code = "not_ready"
    status = 503
    title = "Not ready to serve"


class Health(Answer):
    status: Literal["ok"]


class Liveness(Health):
    version: Annotated[str, Field(description="The version of Atelier that answers.")]


HEALTHY = to_json(Health(status="ok").model_dump()).encode()


class OpenApi(Answer):
    """An OpenAPI 3.1 document."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]


class OpenView(APIView):
    """For everyone, without a key."""

    authentication_classes = ()
    permission_classes = ()
    metadata_class = None
    http_method_names = ["get", "head"]


class LiveView(OpenView):
    """GET /health/live."""

    @operation(
        "getLiveness",
        "Is it alive",
        "Answers as long as the process does.",
        tag="Service",
        open_to_all=True,
        ok=[Ok(200, Liveness, "It is.")],
        errors=ANYWHERE,
    )
    def get(self, request: Request) -> HttpResponse:
        return _json(to_json(Liveness(status="ok", version=__version__).model_dump(by_alias=True)).encode())


class ReadyView(OpenView):
    """GET /health/ready."""

    @operation(
        "getReadiness",
        "Can it serve",
        "The database answers and is migrated, and storage can be written. Both are looked at in the background: `Age` "
        "says how many seconds ago.",
        tag="Service",
        open_to_all=True,
        ok=[Ok(200, Health, "It can.")],
        errors=(*ANYWHERE, NotReady),
    )
    def get(self, request: Request) -> HttpResponse:
        ready = read_readiness()
        age = {"Age": str(int(ready.age))}
        if ready.troubles:
            headers = {"Retry-After": "2"} | age
            raise NotReady(" ".join(ready.troubles.values()), reasons=ready.troubles, headers=headers)
        answer = _json(HEALTHY)
        answer.headers["Age"] = age["Age"]
        return answer


class OpenApiView(OpenView):
    """GET /openapi.json."""

    @operation(
        "getOpenApi",
        "Read this document",
        "OpenAPI 3.1.",
        tag="Service",
        open_to_all=True,
        ok=[Ok(200, OpenApi, "The document.")],
        errors=ANYWHERE,
    )
    def get(self, request: Request) -> HttpResponse:
        body = openapi_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return get_conditional_response(request._request, etag=etag, response=_json(body, etag))


def _json(body: bytes, etag: str | None = None) -> HttpResponse:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-cache"} | ({"ETag": etag} if etag else {})
    return HttpResponse(body, headers=headers)


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """What this is and what to do next."""
    context = {"public_url": settings.ATELIER_PUBLIC_URL, "prefix": settings.API_PREFIX}
    return render(request, "atelier/welcome.html", context)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The API reference: Swagger UI from this server's own files."""
    return render(request, "atelier/docs.html", {"openapi": f"/{settings.API_PREFIX}openapi.json"})


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """Every error code and what it means: where `type` of a problem leads."""
    return render(request, "atelier/errors.html", {"codes": list_codes()})
