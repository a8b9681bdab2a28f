"""What all API views share: a limit for every operation, strict queries, rate headers, answers as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.openapi import AutoSchema
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.views import APIView

from atelier.accounts.authentication import Caller, IsPerson, Person, PersonAuthentication
from atelier.accounts.models import Workspace
from atelier.accounts.throttling import Allowance, Limit, RateLimited, read_allowances, take_tokens, tightest
from atelier.core.db.deadlines import budget
from atelier.core.errors import AtelierError
from atelier.core.http.answers import to_json
from atelier.core.http.exception_handler import translate
from atelier.core.http.problems import InvalidParameter, UnknownParameter
from atelier.core.http.suggestions import question

READS = Limit("reads", capacity=120, amount=120, period=60)
WRITES = Limit("writes", capacity=60, amount=60, period=60)
"""What a workspace may look at and change where an operation has no limit of its own."""


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
    """Every operation has a limit: a token is taken before it begins, so refusals cost one too.

    `parameters` are the query parameters each method knows, `limits` what an operation counts against. `needs` names
    each method's permission (`atelier.accounts.permissions`); a test wants one for each. A view with `counts_itself`
    takes its tokens when its work succeeds; what it refuses costs a token of its first limit.
    """

    metadata_class = None
    http_method_names = ["get", "head", "post", "delete"]
    parameters: dict[str, frozenset[str]] = {}
    needs: dict[str, str] = {}
    counts_itself = False
    caller: Caller
    """Who is asking; set once that is known."""
    allowances: list[Allowance] = []
    """What is left, once tokens were taken."""

    def limits(self, workspace: Workspace | None) -> list[Limit]:
        """The limits of this operation for a workspace, or for anyone when it is not known; never empty."""
        return [READS if self.request.method in ("GET", "HEAD") else WRITES]

    def counted(self) -> str | None:
        """Whose buckets the operation counts against; None until somebody is known."""
        return self.caller.workspace.id if hasattr(self, "caller") else None

    def charge(self, *limits: Limit) -> None:
        """Take a token of each. Raises `RateLimited`."""
        self.allowances = take_tokens(str(self.counted()), limits)

    def perform_authentication(self, request: Request) -> None:
        with budget("auth"):
            super().perform_authentication(request)
        if isinstance(request.user, Caller):
            self.caller = request.user

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.counts_itself:
            self.charge(*self.limits(self._workspace()))
        self._check_parameters(request)

    def handle_exception(self, exc: Exception) -> HttpResponseBase:
        """A refusal costs a token, whatever refused: also a missing permission, a body that is no JSON, a 402."""
        error: Exception = translate(exc, self.allowed_methods)
        if not self.allowances and self.counted() is not None and self._is_refusal(error):
            try:
                self.charge(self.limits(self._workspace())[0])
            except AtelierError as limited:
                error = limited
        return super().handle_exception(error)

    @staticmethod
    def _is_refusal(error: Exception) -> bool:
        return isinstance(error, AtelierError) and error.status < 500 and not isinstance(error, RateLimited)

    def _check_parameters(self, request: Request) -> None:
        method = "GET" if request.method == "HEAD" else str(request.method)
        unknown = sorted(set(request.query_params) - self.parameters.get(method, frozenset()))
        if unknown and hasattr(self, method.lower()):
            known, names = sorted(self.parameters.get(method, ())), [name[:100] for name in unknown]
            errors = [
                {"pointer": "", "parameter": name, "message": "There is no such parameter." + question(name, known)}
                for name in names
            ]
            raise UnknownParameter(f"{names[0]}: {errors[0]['message']}", errors=errors)

        for name, values in request.query_params.lists():
            if len(values) > 1:
                raise InvalidParameter(name[:100], "It may be given once.")

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Every answer says what is left, refusals too."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if "RateLimit" not in response.headers:
            for name, value in self._rate_headers(response.status_code).items():
                response.headers[name] = value
        return response

    def _rate_headers(self, status: int) -> dict[str, str]:
        if self.allowances and status < 500:
            return tightest(self.allowances)
        limits, counted = self.limits(self._workspace()), self.counted()
        if counted is None or status >= 500:  # nobody to ask for, or perhaps no database to ask
            return tightest([Allowance(limit, limit.capacity) for limit in limits])
        return tightest(read_allowances(counted, limits))

    def _workspace(self) -> Workspace | None:
        return self.caller.workspace if hasattr(self, "caller") else None


class PersonView(ApiView):
    """What concerns a logged-in person alone, who may belong to no workspace: counted against the person."""

    authentication_classes = (PersonAuthentication,)
    permission_classes = (IsPerson,)
    person: Person

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if isinstance(request.user, Person):
            self.person = request.user

    def counted(self) -> str | None:
        return f"user:{self.person.user.pk}" if hasattr(self, "person") else None
