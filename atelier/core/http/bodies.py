"""Checking the body of an operation, member by member."""

from __future__ import annotations

from typing import Any

from atelier.core.errors import InvalidRequest
from atelier.core.http.problems import UnknownField
from atelier.core.http.rules import Rule, Wrong


def check_body(body: Any, rules: dict[str, Rule], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The checked members. Raises `UnknownField`, or `InvalidRequest` with every wrong member."""
    members = body if isinstance(body, dict) else {}
    unknown = [name for name in members if name not in rules]
    if unknown:
        raise _refusal(UnknownField, [(f"/{_token(name)}", "There is no such field.") for name in unknown])
    wrong = [(f"/{name}", "It is required.") for name in required if name not in members]
    checked = {}
    for name, value in members.items():
        try:
            checked[name] = rules[name].check(value)
        except Wrong as broken:
            wrong.append((f"/{name}{broken.pointer}", broken.message))
    if wrong:
        raise _refusal(InvalidRequest, wrong)
    return checked


def _refusal(kind: type[InvalidRequest], wrong: list[tuple[str, str]]) -> InvalidRequest:
    errors = [{"pointer": pointer, "message": message} for pointer, message in wrong]
    return kind(f"{errors[0]['pointer'][1:101]}: {errors[0]['message']}", errors=errors)


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:100]
