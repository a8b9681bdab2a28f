"""Bodies of requests and answers: pydantic models with the rules that all of them share.

A body is strict (nothing is turned from one type into another), frozen, and refuses members it does not know. Its
members are camelCase on the wire and snake_case in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from atelier.core.errors import InvalidRequest
from atelier.core.http.pointers import pointer
from atelier.core.http.problems import UnknownField, UnsupportedField
from atelier.core.http.sentences import describe_error
from atelier.core.http.suggestions import question

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
    """The body of a request. `UNSERVED` names documented members that no version has served yet; `KNOWN_AS` maps what
    other services call a member (small letters, no separators) to its name here."""

    model_config = ConfigDict(validate_by_name=False)
    UNSERVED: ClassVar[tuple[str, ...]] = ()
    KNOWN_AS: ClassVar[Mapping[str, str]] = {}

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
        required, known = _names(cls)
        if not isinstance(value, dict) or not required <= set(value) <= known:
            raise PydanticCustomError("shape", "{shape}", {"shape": cls.SHAPE})
        return value


@lru_cache(maxsize=64)
def _names(part: type[Part]) -> tuple[frozenset[str], frozenset[str]]:
    """The members that must be there, and those that may."""
    fields = part.model_fields.values()
    return (
        frozenset(str(field.alias) for field in fields if field.is_required()),
        frozenset(str(field.alias) for field in fields),
    )


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
        return (UnsupportedField, LATER) if unserved else (UnknownField, _unknown(body, str(detail["loc"][-1])))
    return InvalidRequest, describe_error(detail, _schema(body))


def _unknown(body: type[Body], name: str) -> str:
    """What is wrong with a member that the body does not know, and which one may be meant."""
    members = [str(field.alias) for field in body.model_fields.values()]
    return "There is no such field." + question(name, members, body.KNOWN_AS)


@lru_cache(maxsize=64)
def _schema(body: type[Body]) -> dict[str, Any]:
    return body.model_json_schema()


def _summary(errors: list[dict[str, str]]) -> str:
    first = f"{errors[0]['pointer'][1:101]}: {errors[0]['message']}"
    return first if len(errors) == 1 else f"{first} ({len(errors) - 1} more in `errors`)"
