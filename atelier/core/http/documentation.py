"""Describing operations for the OpenAPI document: bodies, answers, problems with their codes, headers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema

from atelier.core.db.deadlines import RateTooSlow, SchemaTooSlow
from atelier.core.errors import AtelierError
from atelier.core.http import problems
from atelier.core.http.bodies import Answer, Body
from atelier.core.http.values import CLOSED, NOT_SENT, NotNull

Schema = dict[str, Any]
Problems = Sequence[type[AtelierError]]
EXTENSIBLE, CODES = "x-extensible-enum", "x-codes"
"""Words of an answer to which a later release may add some; the codes of a problem in this place, which it may, too."""
UriReference = Annotated[str, WithJsonSchema({"type": "string", "format": "uri-reference"})]

ANYWHERE: Problems = (
    problems.InvalidHost,
    problems.UnknownParameter,
    problems.NotAcceptable,
    AtelierError,
    problems.DatabaseUnavailable,
)
"""What every operation may answer."""
WITH_BODY: Problems = (
    problems.MalformedJson,
    problems.UnknownField,
    problems.BodyTooLarge,
    problems.UnsupportedMediaType,
    SchemaTooSlow,
)


class InvalidPart(Answer):
    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    pointer: Annotated[str, Field(description="JSON pointer (RFC 6901) into the body; empty for a parameter.")]
    parameter: Annotated[
        str | None, NotNull(), Field(description="The query parameter or header, where it is one.")
    ] = NOT_SENT
    message: str


class Problem(Answer):
    """A problem document (RFC 9457). Some codes add members, such as `needed`, `available` or `limit`."""

    model_config = ConfigDict(extra="allow", json_schema_serialization_defaults_required=False)

    type: Annotated[UriReference, Field(description="Where the code is explained.")]
    title: Annotated[str, Field(description="The same for every occurrence of the code.")]
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, Field(description="What was wrong this time.")]
    instance: UriReference
    code: Annotated[str, Field(description="Stable: decide by this.")]
    errors: Annotated[Annotated[list[InvalidPart], Field(min_length=1)] | None, NotNull()] = NOT_SENT
    request_id: Annotated[str, Field(description="Names the request in the logs.")]


_documented: dict[str, type[AtelierError]] = {}


def documented_errors() -> list[type[AtelierError]]:
    """Every error that an operation names, in the modules that were imported so far."""
    return list(_documented.values())


@dataclass(frozen=True, slots=True)
class Ok:
    """A successful answer. `schema` is its class, or a JSON Schema; None: no body. `headers` are always there."""

    status: int
    schema: type[Answer] | Schema | None
    description: str
    headers: Sequence[str] = ()
    media_type: str = "application/json"


def operation(
    name: str,
    summary: str,
    description: str,
    *,
    tag: str,
    ok: Sequence[Ok],
    errors: Problems,
    parameters: Sequence[OpenApiParameter] = (),
    body: type[Body] | None = None,
    open_to_all: bool = False,
) -> Callable[[Any], Any]:
    """The decorator that documents a view's method. What is not open to all has a limit, told in headers."""
    if problems.Forbidden in errors:
        errors = (*errors, problems.MissingPermission)
    if not open_to_all:
        errors = (*errors, RateTooSlow)
    _documented.update((error.code, error) for error in errors)
    refusals = by_status(errors)
    headers = _headers(ok, refusals, limited=not open_to_all)
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        tags=[tag],
        request={"application/json": body} if body else None,
        parameters=[*parameters, *headers],
        responses={(answer.status, answer.media_type): _response(answer) for answer in ok}
        | {(status, problems.MEDIA_TYPE): _refusal(kinds) for status, kinds in refusals.items()},
        auth=[] if open_to_all else None,
    )


def ref(component: str) -> Schema:
    return {"$ref": f"#/components/schemas/{component}"}


def by_status(errors: Problems) -> dict[int, list[type[AtelierError]]]:
    """The errors by HTTP status, in order; each code once."""
    found: defaultdict[int, dict[str, type[AtelierError]]] = defaultdict(dict)
    for error in errors:
        found[error.status][error.code] = error
    return {status: list(found[status].values()) for status in sorted(found)}


def _response(answer: Ok) -> OpenApiResponse:
    return OpenApiResponse(answer.schema, answer.description)


class _WithoutTitles(GenerateJsonSchema):
    """A title that repeats the name of the member tells nobody anything."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def get_title_from_name(self, name: str) -> str:
        return ""


def json_schema(model: type[Body] | type[Answer], *, request: bool) -> Schema:
    """The JSON Schema (draft 2020-12) of a body as clients send it, or of an answer as they get it.

    Its parts stand under `$defs`, and references lead to the components of the OpenAPI document. A body is closed,
    because the service refuses unknown members. An answer is open, because a later release may add members and words,
    and a client that was generated from this document must go on reading it: what a body lists as `enum`, an answer
    lists as `x-extensible-enum`, unless the list is closed for good (`OneOf(..., closed=True)`).
    """
    schema = model.model_json_schema(
        ref_template="#/components/schemas/{model}",
        mode="validation" if request else "serialization",
        schema_generator=_WithoutTitles,
    )
    for part in (schema, *schema.get("$defs", {}).values()):
        part.pop("title", None)
        for member in part.get("properties", {}).values():
            if isinstance(member.get("default"), dict) and member["default"]:
                del member["default"]  # written into Go as it stands by openapi-generator, and described instead
    _size_integers(schema)
    return schema if request else _opened(schema)


def _size_integers(schema: Any) -> None:
    """Name the integers that 32 bits do not hold, seeds and balances for example, for languages that must choose."""
    if isinstance(schema, list):
        for one in schema:
            _size_integers(one)
    elif isinstance(schema, dict):
        if schema.get("type") == "integer" and not schema.get("maximum", 2**31) < 2**31:
            schema["format"] = "int64"
        for one in schema.values():
            _size_integers(one)


def _opened(schema: Any) -> Any:
    """The schema of an answer with room for what later releases add."""
    if isinstance(schema, list):
        return [_opened(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _opened(value) for name, value in schema.items()}
    if found.get("additionalProperties") is False:
        del found["additionalProperties"]
    if not found.pop(CLOSED, False) and len(found.get("enum", ())) > 1:
        found[EXTENSIBLE] = found.pop("enum")
    return found


class _InItsMode(PydanticExtension):
    """drf-spectacular's own extension takes one mode for both directions; a default makes a member optional in a
    request and does not in an answer."""

    target_class = "pydantic.BaseModel"
    match_subclasses = True
    priority = 1

    def map_serializer(self, auto_schema: Any, direction: str) -> Schema:
        schema = json_schema(self.target, request=direction == "request")
        for name, part in schema.pop("$defs", {}).items():
            component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=part)
            auto_schema.registry.register_on_missing(component)
        return schema


def _refusal(errors: Problems) -> OpenApiResponse:
    listed = "; ".join(f"`{error.code}`: {error.title}" for error in errors)
    return OpenApiResponse(ref("Problem") | {CODES: [error.code for error in errors]}, listed + ".")


HEADERS = {
    "Location": "URL of the resource.",
    "Preference-Applied": "`wait=N` when the answer waited.",
    "RateLimit": "What is left of the tightest limit: `r` requests, full again in `t` seconds.",
    "RateLimit-Policy": "That limit: `q` requests in `w` seconds.",
    "Retry-After": "Seconds to wait before trying again.",
    "WWW-Authenticate": "The scheme to authenticate with.",
    "X-Request-Id": "Names the request in the logs.",
}


def _headers(ok: Sequence[Ok], refusals: dict[int, Any], limited: bool) -> list[OpenApiParameter]:
    """Which header an answer has by its status; required where it is always there."""
    statuses = [*(answer.status for answer in ok), *refusals]
    certain: dict[str, list[int]] = {"X-Request-Id": statuses, "WWW-Authenticate": [s for s in statuses if s == 401]}
    for answer in ok:
        for name in answer.headers:
            certain.setdefault(name, []).append(answer.status)
    possible = {"Retry-After": [status for status in statuses if status in (409, 429, 503)]}
    if limited:
        # A foreign Host is refused (400) before anybody knows which endpoint was meant.
        for name in ("RateLimit", "RateLimit-Policy"):
            certain[name] = [status for status in statuses if status not in (400, 500, 503)]
            possible[name + " "] = [400]
    pairs = [*((name, on, True) for name, on in certain.items()), *((name, on, False) for name, on in possible.items())]
    return [_header(name.strip(), on, required) for name, on, required in pairs if on]


def _header(name: str, statuses: list[int], required: bool) -> OpenApiParameter:
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, required=required, description=HEADERS[name], response=list(statuses)
    )
