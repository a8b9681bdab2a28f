"""The rule for a client's own headers that go with every request to an endpoint."""

from __future__ import annotations

import re
from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

MOST_HEADERS, LONGEST_VALUE = 10, 500
RESERVED = frozenset(
    (
        *("host", "content-length", "content-type", "content-encoding", "transfer-encoding", "accept-encoding"),
        *("connection", "keep-alive", "upgrade", "te", "trailer", "expect", "user-agent", "cookie"),
        *("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"),
        *("metadata-flavor", "metadata", "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds"),
    )
)
"""Headers that frame the request, or that unlock a cloud's metadata service."""
RESERVED_BEGINNINGS = ("webhook-", "sec-", "proxy-")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


class OwnHeaders:
    """For objects: names of headers and their values. Every wrong header is an error at its own name."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_check)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        value = {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE, "pattern": f"^{_VALUE.pattern}$"}
        return {
            "type": "object",
            "maxProperties": MOST_HEADERS,
            "propertyNames": {"pattern": f"^{_NAME.pattern}$"},
            "additionalProperties": value,
        }


def _check(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise PydanticCustomError("headers_type", "It must be an object of header names and values.")
    if len(value) > MOST_HEADERS or len({name.lower() for name in value}) != len(value):
        raise PydanticCustomError("headers", "It may have {most} different headers.", {"most": MOST_HEADERS})
    wrong = [(name, fault) for name, text in value.items() if (fault := _find_fault(name, text))]
    if wrong:
        raise ValidationError.from_exception_data(
            "headers",
            [
                InitErrorDetails(
                    type=PydanticCustomError("header", "{fault}", {"fault": fault}), loc=(name,), input=value[name]
                )
                for name, fault in wrong
            ],
        )
    return value


def _find_fault(name: str, text: Any) -> str | None:
    if not _NAME.fullmatch(name):
        return "This is not a name of a header."
    if name.lower() in RESERVED or name.lower().startswith(RESERVED_BEGINNINGS):
        return "This header is not yours to set."
    if not isinstance(text, str) or len(text) > LONGEST_VALUE or not _VALUE.fullmatch(text):
        return f"It must have 1 to {LONGEST_VALUE} printable ASCII characters, no blank at either end."
    return None
