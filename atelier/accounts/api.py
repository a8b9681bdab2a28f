"""What all API views share: strict queries, rate headers, answers as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.openapi import AutoSchema
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.views import APIView

from atelier.accounts.authentication import Caller
from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Allowance, Limit, read_allowances, tightest
from atelier.core.db.deadlines import stage
from atelier.core.http.answers import to_json
from atelier.core.http.problems import InvalidParameter, UnknownParameter


def json_answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """A JSON answer as bytes, without a renderer's detour."""
    if isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True)
    named = {"Content-Type": "application/json", "Cache-Control": "private, no-store"} | (headers or {})
    return HttpResponse(to_json(value), status=status, headers=named)


class DescribedOperation(AutoSchema):
    """Adds `x-permission`: what the caller needs."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        needed = getattr(self.view, "needs", {}).get(self.method)
        return operation | {"x-permission": needed} if operation and needed else operation


class ApiView(APIView):
    """`parameters` are the query parameters each method knows; `limits` what a limited operation counts.

    `needs` names each method's permission (`atelier.accounts.permissions`); a test wants one for each.
    """

    metadata_class = None
    http_method_names = ["get", "head", "post", "delete"]
    parameters: dict[str, frozenset[str]] = {}
    needs: dict[str, str] = {}
    caller: Caller
    """Who is asking; set once that is known."""

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        """The limits of this endpoint for a workspace, or for anyone when it is not known. Empty: not limited."""
        return []

    def perform_authentication(self, request: Request) -> None:
        with stage("auth"):
            super().perform_authentication(request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.caller = request.user
        method = "GET" if request.method == "HEAD" else str(request.method)
        unknown = sorted(set(request.query_params) - self.parameters.get(method, frozenset()))
        if unknown and hasattr(self, method.lower()):
            message, names = "There is no such parameter.", [name[:100] for name in unknown]
            errors = [{"pointer": "", "parameter": name, "message": message} for name in names]
            raise UnknownParameter(f"{names[0]}: {message}", errors=errors)

        for name, values in request.query_params.lists():
            if len(values) > 1:
                raise InvalidParameter(name[:100], "It may be given once.")

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Every answer of a limited endpoint says what is left, refusals too."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if "RateLimit" not in response.headers:
            for name, value in self._rate_headers(response.status_code).items():
                response.headers[name] = value
        return response

    def _rate_headers(self, status: int) -> dict[str, str]:
        caller: Caller | None = getattr(self, "caller", None)
        workspace = caller.workspace if caller else None
        limits = self.limits(workspace)
        if not limits:
            return {}
        if workspace is None or status >= 500:  # nobody to ask for, or perhaps no database to ask
            return tightest([Allowance(limit, limit.capacity) for limit in limits])
        return tightest(read_allowances(workspace.id, limits))
