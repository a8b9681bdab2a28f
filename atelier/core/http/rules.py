"""Rules for single values of a request: each checks a value and describes itself as JSON Schema (draft 2020-12)."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Schema = dict[str, Any]


class Wrong(Exception):
    """A value breaks its rule. `pointer` is relative to the value (RFC 6901)."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer


class Rule(Protocol):
    """`check` returns the value as Python wants it, or raises `Wrong`; nothing is coerced from one type to another."""

    @property
    def schema(self) -> Schema: ...

    def check(self, value: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A string of `least`..`most` characters; `visible`: at least one of them can be seen."""

    least: int
    most: int
    visible: bool = False

    @property
    def schema(self) -> Schema:
        # The pattern is the part of the rule that a regular expression can say.
        pattern = {"pattern": r"\S"} if self.visible else {}
        return {"type": "string", "minLength": self.least, "maxLength": self.most} | pattern

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            raise Wrong("It must be a string.")
        if not self.least <= len(value) <= self.most:
            raise Wrong(f"It must have {self.least} to {self.most:,} characters; it has {len(value):,}.")
        if self.visible and not any(_is_visible(character) for character in value):
            raise Wrong("It must have at least one visible character.")
        return value


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] != "Z" and category not in ("Cc", "Cf")


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer in `least`..`most`; 3.0 is one too, as in JSON Schema."""

    least: int
    most: int

    @property
    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def check(self, value: Any) -> int:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise Wrong("It must be a whole number.")
        if not self.least <= value <= self.most:
            raise Wrong(f"It must be within {self.least}..{self.most}.")
        return int(value)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in `least`..`most`."""

    least: float
    most: float

    @property
    def schema(self) -> Schema:
        return {"type": "number", "minimum": self.least, "maximum": self.most}

    def check(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Wrong("It must be a number.")
        if not self.least <= value <= self.most:
            raise Wrong(f"It must be within {self.least:g}..{self.most:g}.")
        return float(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list of words."""

    words: Sequence[str]

    @property
    def schema(self) -> Schema:
        return {"type": "string", "enum": list(self.words)}

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise Wrong(f"It must be one of: {', '.join(self.words)}.")
        return value


@dataclass(frozen=True, slots=True)
class Size:
    """An object with exactly `width` and `height`, each in `least`..`most` pixels."""

    least: int
    most: int

    @property
    def schema(self) -> Schema:
        side = Whole(self.least, self.most).schema
        return {
            "type": "object",
            "properties": {"width": side, "height": side},
            "required": ["width", "height"],
            "additionalProperties": False,
        }

    def check(self, value: Any) -> dict[str, int]:
        if not isinstance(value, dict) or set(value) != {"width", "height"}:
            raise Wrong("It must be an object with exactly width and height.")
        return {name: self._side(name, value[name]) for name in ("width", "height")}

    def _side(self, name: str, value: Any) -> int:
        try:
            return Whole(self.least, self.most).check(value)
        except Wrong as wrong:
            raise Wrong(wrong.message, f"/{name}") from None


@dataclass(frozen=True, slots=True)
class OwnObject:
    """An object of the client's own, at most `most` bytes as compact JSON in UTF-8."""

    most: int

    @property
    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": True}

    def check(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Wrong("It must be an object.")
        size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
        if size > self.most:
            raise Wrong(f"It may have {self.most:,} bytes as JSON; it has {size:,}.")
        return value
