"""How long the statements of a stage of the request pipeline may take."""

from __future__ import annotations


def statement_limits(in_transaction: bool) -> str:
    """`SET LOCAL ...; ` for the statement to come, or nothing."""
    return ""
