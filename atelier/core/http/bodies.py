"""Bodies of requests and answers: pydantic models with the rules that all of them share.

A body is strict (nothing is turned from one type into another), frozen, and refuses members it does not know. Its
members are camelCase on the wire and snake_case in Python.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from atelier.core.errors import InvalidRequest
from atelier.core.http.pointers import pointer
from atelier.core.http.problems import UnknownField, UnsupportedField
from atelier.core.http.rules import Rule, Wrong
from atelier.core.http.sentences import describe_error

UNSUPPORTED = "unsupported"
"""The type of pydantic's custom error for a value that is documented and not served yet."""
LATER = "It is not served by this version yet."


class _Wire(BaseModel):
    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        serialize_by_alias=True,
    )


class Body(_Wire):
    """The body of a request. `UNSERVED` names documented members that no version has served yet."""

    model_config = ConfigDict(validate_by_name=False)
    UNSERVED: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def parse(cls, members: Any) -> Self:
        """The body behind parsed JSON.

        Raises `UnknownField`, `UnsupportedField`, or `InvalidRequest` with every wrong member; the first that applies.
        """
        try:
            return cls.model_validate(members if isinstance(members, dict) else {})
        except ValidationError as error:
            raise _refusal(cls, members, error) from None


class Part(Body):
    """An object inside a body whose members make sense together only. `SHAPE` says in a sentence which they are."""

    SHAPE: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _check_shape(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not cls._required() <= set(value) <= cls._members():
            raise PydanticCustomError("shape", "{shape}", {"shape": cls.SHAPE})
        return value

    @classmethod
    def _members(cls) -> set[str]:
        return {str(field.alias) for field in cls.model_fields.values()}

    @classmethod
    def _required(cls) -> set[str]:
        return {str(field.alias) for field in cls.model_fields.values() if field.is_required()}


class Nothing(Body):
    """The body of an operation that takes none: no body, or an object without members."""


class Answer(_Wire):
    """The body of an answer. Building one with a wrong value is an error of ours; every member is always there."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


def _refusal(body: type[Body], members: Any, error: ValidationError) -> InvalidRequest:
    """The refusal with the most to say first: unknown members, then unserved ones, then wrong values."""
    found: dict[type[InvalidRequest], list[dict[str, str]]] = {}
    for detail in sorted(error.errors(include_url=False), key=lambda one: _position(members, one)):
        kind, message = _classify(body, detail)
        found.setdefault(kind, []).append({"pointer": pointer(detail["loc"]), "message": message})
    kind = next(kind for kind in (UnknownField, UnsupportedField, InvalidRequest) if kind in found)
    return kind(_summary(found[kind]), errors=found[kind])


def _position(members: Any, detail: ErrorDetails) -> int:
    """Missing members first, then as the client wrote them."""
    name = detail["loc"][0] if detail["loc"] else ""
    return list(members).index(name) if isinstance(members, dict) and name in members else -1


def _classify(body: type[Body], detail: ErrorDetails) -> tuple[type[InvalidRequest], str]:
    if detail["type"] == UNSUPPORTED:
        return UnsupportedField, LATER
    if detail["type"] == "extra_forbidden":
        unserved = detail["loc"] in {(name,) for name in body.UNSERVED}
        return (UnsupportedField, LATER) if unserved else (UnknownField, "There is no such field.")
    return InvalidRequest, describe_error(detail, _schema(body))


@lru_cache(maxsize=64)
def _schema(body: type[Body]) -> dict[str, Any]:
    return body.model_json_schema()


def _summary(errors: list[dict[str, str]]) -> str:
    first = f"{errors[0]['pointer'][1:101]}: {errors[0]['message']}"
    return first if len(errors) == 1 else f"{first} ({len(errors) - 1} more in `errors`)"


def check_body(body: Any, rules: dict[str, Rule], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The checked members. Raises `UnknownField`, or `InvalidRequest` with every wrong member."""
    members = body if isinstance(body, dict) else {}
    unknown = [name for name in members if name not in rules]
    if unknown:
        raise _refusal_old(UnknownField, [(f"/{_token(name)}", "There is no such field.") for name in unknown])
    wrong = [(f"/{name}", "It is required.") for name in required if name not in members]
    checked = {}
    for name, value in members.items():
        try:
            checked[name] = rules[name].check(value)
        except Wrong as broken:
            wrong.append((f"/{name}{broken.pointer}", broken.message))
    if wrong:
        raise _refusal_old(InvalidRequest, wrong)
    return checked


def _refusal_old(kind: type[InvalidRequest], wrong: list[tuple[str, str]]) -> InvalidRequest:
    errors = [{"pointer": pointer, "message": message} for pointer, message in wrong]
    return kind(f"{errors[0]['pointer'][1:101]}: {errors[0]['message']}", errors=errors)


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:100]
