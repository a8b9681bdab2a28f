"""The only reader of the process environment. docs/configuration.md lists every variable."""

from __future__ import annotations

import os
from math import isfinite

from django.core.exceptions import ImproperlyConfigured

SECRET_LENGTH = 32
"""Characters: what is shorter can be guessed by trying."""


def text(name: str, default: str | None = None) -> str:
    """The variable's text; ImproperlyConfigured when it is missing and has no default."""
    value = os.environ.get(name, default)
    if value is None or (value == "" and default is None):
        raise ImproperlyConfigured(f"Set the environment variable {name} (docs/configuration.md).")
    return value


def secret(name: str) -> str:
    """A secret of at least SECRET_LENGTH characters. Raises ImproperlyConfigured, which does not repeat it."""
    value = text(name)
    if len(value) < SECRET_LENGTH:
        raise ImproperlyConfigured(
            f"{name} has {len(value)} characters and must have {SECRET_LENGTH} or more (docs/configuration.md):"
            " make one with `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`."
        )
    return value


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on (any case)."""
    return text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: float) -> float:
    """A finite number; ImproperlyConfigured when the text is not one."""
    try:
        value = float(text(name, str(default)))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number.") from error
    if not isfinite(value):
        raise ImproperlyConfigured(f"{name} must be a number.")
    return value


def choice(name: str, words: tuple[str, ...]) -> str:
    """One of the words, the first when the variable is missing; ImproperlyConfigured for any other."""
    value = text(name, words[0])
    if value not in words:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(words)}.")
    return value


def names(name: str, default: str = "") -> list[str]:
    """Comma separated names, blanks dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]
