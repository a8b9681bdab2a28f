"""What the starter model knows by name, and the nearest of it for words it does not know."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from generation.starter.colours import COLOURS
from generation.starter.concepts import Concept, spellings
from generation.starter.wordnet import Dictionary, Embedder, Told

FOLDER, WORDS, VECTORS = "vocabulary", "concepts.json", "vectors.safetensors"
MOST_OWNERS, LEAST_NEARNESS = 15, 0.4
"""A tag that more things share, or that is farther (cosine) from their names, says too little to stand for one."""


class Telling(IntEnum):
    """How well a phrase tells the thing: its own name, a word for it or for a kind of it, a word around it."""

    NAME = 0
    WORD = 1
    TAG = 2


@dataclass(frozen=True, slots=True)
class Match:
    """A thing (its row), the words that named it (from, to: positions in the text), and how well they tell it."""

    row: int
    begin: int
    end: int
    telling: Telling


class Vocabulary:
    """Names and other words of the things; vectors of their names, tags and descriptions.

    `words` are told by a dictionary and need no vector; `phrases` are names, aliases and tags, in the order of the
    first vectors; `described` are the rows of the vectors that follow.
    """

    def __init__(
        self,
        concepts: list[Concept],
        phrases: dict[str, int],
        words: dict[str, int],
        described: list[int],
        vectors: np.ndarray,
    ) -> None:
        self.concepts = concepts
        self._names = {concept.label: row for row, concept in enumerate(concepts)}
        self._codes = {_letters(concept.code): concept.label for concept in concepts}
        self._phrases, self._words, self._described, self._vectors = phrases, words, described, vectors
        self._rows = np.array([*phrases.values(), *described], int)
        self._longest = max(len(phrase.split()) for phrase in (*phrases, *words))
        longest_first = sorted(self._codes, key=len, reverse=True)
        self._emoji = re.compile("|".join(map(re.escape, longest_first)))

    @classmethod
    def build(
        cls, concepts: list[Concept], aliases: dict[str, str], embedder: Embedder, dictionary: Dictionary | None = None
    ) -> Vocabulary:
        """Every name, every alias, every tag that few things share, and the dictionary's words for kinds of a thing."""
        phrases = {concept.label: row for row, concept in enumerate(concepts)}
        other = {alias: phrases[name] for alias, name in aliases.items() if alias not in phrases}
        phrases |= other
        names, owners = embedder.embed(list(phrases)), _list_owners(concepts, phrases)
        tags, near = _place_tags(owners, names, embedder)
        told = dictionary.tell(concepts, phrases, embedder) if dictionary else Told({}, [], [])
        words = {word: row for word, row in told.words.items() if _tells(word) and len(owners.get(word, ())) != 1}
        glosses = embedder.embed(told.glosses) if told.glosses else near[:0]
        return cls(concepts, phrases | tags, words | other, told.rows, np.concatenate([names, near, glosses]))

    def named(self, words: Sequence[str], names_only: bool = False) -> list[Match]:
        """The things that `words` name, from left to right; the longest phrase wins where several begin."""
        found, begin = [], 0
        while begin < len(words):
            match = self._longest_at(words, begin, names_only)
            if match:
                found.append(match)
            begin = match.end if match else begin + 1
        return found

    def nearest(self, vector: np.ndarray, count: int = 1) -> list[tuple[int, float]]:
        """(row, cosine) of the `count` things with a word or a description nearest to a sentence's vector."""
        nearness = self._vectors @ vector
        best: dict[int, float] = {}
        for at in np.argsort(-nearness, kind="stable"):
            best.setdefault(int(self._rows[at]), float(nearness[at]))
            if len(best) == count:
                break
        return list(best.items())

    def spell_out(self, text: str) -> str:
        """The text with the name of a thing instead of its emoji (with or without variation selectors)."""
        return self._emoji.sub(lambda match: f" {self._codes[match[0]]} ", text.replace("\ufe0f", ""))

    def save(self, folder: Path) -> None:
        """Write it below `folder`; the vectors as half-precision safetensors."""
        target = folder / FOLDER
        target.mkdir(parents=True, exist_ok=True)
        listed = {
            "concepts": [asdict(concept) for concept in self.concepts],
            "phrases": self._phrases,
            "words": self._words,
            "described": self._described,
        }
        (target / WORDS).write_text(json.dumps(listed, ensure_ascii=False, indent=0) + "\n", "utf-8")
        save_file({"phrases": self._vectors.astype(np.float16)}, target / VECTORS)

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Read what `save` wrote. Raises `OSError`, `ValueError` or `KeyError` for a damaged folder."""
        listed = json.loads((folder / FOLDER / WORDS).read_text("utf-8"))
        concepts = [Concept(row["code"], row["label"], tuple(row["tags"])) for row in listed["concepts"]]
        vectors = load_file(folder / FOLDER / VECTORS)["phrases"].astype(np.float32)
        return cls(concepts, listed["phrases"], listed["words"], listed["described"], vectors)

    def _longest_at(self, words: Sequence[str], begin: int, names_only: bool) -> Match | None:
        sources = (self._names,) if names_only else (self._names, self._words, self._phrases)
        for end in range(min(len(words), begin + self._longest), begin, -1):
            for phrase in spellings(words[begin:end]):
                for telling, source in zip(Telling, sources, strict=False):
                    if phrase in source:
                        return Match(source[phrase], begin, end, telling)
        return None


def _list_owners(concepts: list[Concept], phrases: dict[str, int]) -> dict[str, list[int]]:
    """The things of every tag that is no phrase already and that few share."""
    owners: dict[str, list[int]] = {}
    for row, concept in enumerate(concepts):
        for tag in concept.tags:
            if _tells(tag) and tag not in phrases:
                owners.setdefault(tag, []).append(row)
    return {tag: rows for tag, rows in owners.items() if len(rows) <= MOST_OWNERS}


def _place_tags(
    owners: dict[str, list[int]], names: np.ndarray, embedder: Embedder
) -> tuple[dict[str, int], np.ndarray]:
    """Each tag for the thing of its own whose name is nearest (the first names are the things'); the tags' vectors."""
    placed, near = {}, []
    for tag, rows in owners.items():
        vector = embedder.embed([tag])[0]
        nearness = names[rows] @ vector
        if nearness.max() >= LEAST_NEARNESS:
            placed[tag] = rows[int(np.argmax(nearness))]
            near.append(vector)
    return placed, np.array(near, np.float32).reshape(-1, names.shape[1])


def _letters(code: str) -> str:
    """The characters of a concept's code."""
    return "".join(chr(int(part, 16)) for part in code.split("-"))


def _tells(tag: str) -> bool:
    """A colour is not the name of a thing, and single letters are none either."""
    return len(tag) > 1 and tag not in COLOURS
