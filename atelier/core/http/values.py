"""Kinds of values that bodies are made of, beside pydantic's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from atelier.core.http.numbers import ROUNDED, find_rounded, portable, size_of


def _integral(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_integral)
"""For integers: 3.0 is one too, as in JSON Schema, which pydantic's strict integer refuses. It stands behind bounds:
`Annotated[int, Field(ge=1, le=8), WHOLE]`."""


Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class NotNull:
    """For a member that may be missing, and is None then, but may not be sent as null:
    `Annotated[str | None, NotNull()] = NOT_SENT`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        nullable = handler(source)
        assert nullable["type"] == "nullable", f"{source} has no None to take away"
        return nullable["schema"]


NOT_SENT: Any = Field(default_factory=lambda: None)
"""None without the `"default": null` that a JSON Schema would show."""


class Visible:
    """For texts: at least one character is neither blank nor a control or format character. It stands behind bounds."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(_check_visible, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return handler(schema) | {"pattern": r"\S"}  # the part of the rule that a regular expression can say


def _check_visible(text: str) -> str:
    if not any(_is_visible(character) for character in text):
        raise PydanticCustomError("invisible", "It must have at least one visible character.")
    return text


BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by category that are drawn as nothing: the Hangul fillers, and braille without a dot."""


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] != "Z" and category not in ("Cc", "Cf") and character not in BLANKS


CLOSED = "x-closed"
"""Marks a list of words in a JSON Schema until atelier.core.http.documentation has read it."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A string that is one of a table of words (a Literal, whose words another module lists).

    `later` are documented words that are not served yet. `closed`: no release will add one, so clients may rely on it.
    """

    words: Sequence[str]
    later: Sequence[str] = ()
    closed: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        inner = core_schema.literal_schema(list(self.words))
        return core_schema.no_info_before_validator_function(self._refuse_later, inner) if self.later else inner

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)} | ({CLOSED: True} if self.closed else {})

    def _refuse_later(self, value: Any) -> Any:
        if isinstance(value, str) and value in self.later:
            raise PydanticCustomError("unsupported", "It is not served by this version yet.")
        return value


@dataclass(frozen=True, slots=True)
class Distinct:
    """A list without repetition."""

    message: str = "It has the same item twice."

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return handler(schema) | {"uniqueItems": True}

    def _check(self, items: list[Any]) -> list[Any]:
        if len(set(items)) != len(items):
            raise PydanticCustomError("repeated", "{message}", {"message": self.message})
        return items


@dataclass(frozen=True, slots=True)
class SmallObject:
    """An object of the client's own: its numbers can be carried exactly, and it has at most `most` bytes as it is sent
    (`atelier.core.http.numbers`)."""

    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: dict[str, Any]) -> dict[str, Any]:
        place = find_rounded(value)
        if place is not None:
            error = InitErrorDetails(type=PydanticCustomError("rounded", ROUNDED), loc=place, input=value)
            raise ValidationError.from_exception_data("numbers", [error])
        size = size_of(value)
        if size > self.most:
            said = {"most": f"{self.most:,}", "size": f"{size:,}"}
            raise PydanticCustomError("too_many_bytes", "It may have {most} bytes as JSON; it has {size}.", said)
        return portable(value)
