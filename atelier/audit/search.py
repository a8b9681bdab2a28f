"""The search of the audit trail: from text to conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.db.models import Q

WHOLE = re.compile(r"-?\d{1,18}")
CONSTANTS = {"true": True, "false": False, "null": None}
HELP = (
    "All words must fit. An id or a person (user:7) is found among all rows, so are actor=… and subject=…; the rest is"
    " looked for in the newest 100,000 rows of what the other words and filters leave: action=…, a fact"
    " (amount=500, tier=studio, tier= for any), or a part of anything."
)


@dataclass(slots=True)
class Search:
    """Conditions that must all hold: `indexed` ones, and ones for which the remaining rows are `read`."""

    indexed: Q = field(default_factory=Q)
    read: Q = field(default_factory=Q)


def read_search(text: str) -> Search:
    """Parse a search. The conditions in `read` need an annotation `facts_text`, the facts as text."""
    search = Search()
    for word in text.split():
        condition = _by_index(word)
        if condition is None:
            search.read &= _by_reading(word)
        else:
            search.indexed &= condition
    return search


def _by_index(word: str) -> Q | None:
    name, equals, value = word.partition("=")
    if equals:
        exact = {"actor": "actor", "subject": "subject", "workspace": "workspace_id"}.get(name)
        return Q(**{exact: value}) if exact else None
    if word.startswith("wsp_"):
        return Q(workspace_id=word)
    if word.startswith(("user:", "key_")):
        return Q(actor=word) | Q(subject=word)
    return Q(subject=word) if re.fullmatch(r"[a-z]{3,4}_[0-9a-zA-Z]{10,}", word) else None


def _by_reading(word: str) -> Q:
    name, equals, value = word.partition("=")
    if not equals:
        texts = ("subject", "actor", "action", "workspace__name", "facts_text")
        return Q(*[(f"{text}__icontains", word) for text in texts], _connector=Q.OR)
    if name == "action":
        return Q(action=value)
    return _fact(name, value) if value else Q(facts__has_key=name)


def _fact(name: str, value: str) -> Q:
    """The fact has this value, or is a change from or to it: [before, after]."""
    meant: list[object] = [value]
    if WHOLE.fullmatch(value):
        meant.append(int(value))
    if value in CONSTANTS:
        meant.append(CONSTANTS[value])
    return Q(*[("facts__contains", {name: form}) for one in meant for form in (one, [one])], _connector=Q.OR)
