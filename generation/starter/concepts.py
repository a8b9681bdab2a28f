"""Which things the starter model draws, and the words people use for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing: its Unicode code points (lower case, joined by hyphens), its name and the words around it."""

    code: str
    label: str
    tags: tuple[str, ...]


def plain_code(code: str) -> str:
    """A code without the variation selectors, which packages write or leave out as they like."""
    return "-".join(part for part in code.lower().split("-") if part != "fe0f")


def clean(text: str) -> str:
    """Lower case letters, digits and single spaces."""
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", text.lower().replace("’", "").replace("ñ", "n")).split())


def spellings(words: Sequence[str]) -> list[str]:
    """The phrase as written, and with its last word in the singular."""
    *first, last = words
    singular = [last]
    for ending, instead in (("ies", "y"), ("es", ""), ("s", ""), ("ves", "f")):
        if last.endswith(ending) and len(last) > len(ending) + 2:
            singular.append(last.removesuffix(ending) + instead)
    return [clean(" ".join([*first, word])) for word in singular]


def list_concepts(words: Path, rules: dict[str, Any], drawn: Iterable[set[str]]) -> list[Concept]:
    """The concepts of emojibase's `words` file that `rules` keep and every package of codes in `drawn` has."""
    everywhere = set.intersection(*drawn)
    left_out = re.compile("|".join(rules["left_out_patterns"]))
    kept = []
    for row in json.loads(words.read_text("utf-8")):
        code = plain_code(row["hexcode"])
        if code in everywhere and _in_groups(row, rules) and not left_out.search(row["label"]):
            kept.append(Concept(code, clean(row["label"]), tuple(clean(tag) for tag in row.get("tags", ()))))
    return kept


def _in_groups(row: dict[str, Any], rules: dict[str, Any]) -> bool:
    if row.get("group") not in rules["groups"]:
        return False
    return row["group"] != 0 or row["subgroup"] <= rules["last_face_subgroup"] or "heart" in row["label"]
