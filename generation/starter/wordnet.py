"""WordNet (Fellbaum 1998): which everyday nouns are kinds of a thing that the starter model draws."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from generation.starter.concepts import Concept, clean, spellings

THINGS = {5: "animal", 6: "object", 13: "food", 17: "nature", 18: "person", 19: "weather", 20: "plant"}
"""Lexicographer files of what can be drawn (lexnames(5WN)), and a word for each."""
RARER = 0.08
"""What a meaning has to be nearer (cosine) than the next commoner one."""
PLAIN = re.compile(r"[a-z]+(?:_[a-z]+){0,2}")
"""Lemmas kept: up to three lower case words; capitals are proper names."""


class Embedder(Protocol):
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(texts, width) float32, each of length 1."""
        ...


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning: its lemmas, the file it is in, what it says and the meanings that are kinds of it."""

    lemmas: tuple[str, ...]
    file: int
    gloss: str
    kinds: tuple[str, ...]


class Nouns:
    """The nouns of the WordNet database, by lemma, the commonest meaning first (wndb(5WN))."""

    def __init__(self, folder: Path) -> None:
        self._of = {}
        for line in _rows(folder / "index.noun"):
            parts = line.split()
            self._of[parts[0]] = parts[-int(parts[2]) :]
        self._senses = {line[:8]: _read_sense(line) for line in _rows(folder / "data.noun")}
        self._adjectives = {line.split(maxsplit=1)[0] for line in _rows(folder / "index.adj")}

    def senses(self, lemma: str) -> list[str]:
        """The meanings of `lemma` that can be drawn, as places in the database."""
        return [place for place in self._of.get(lemma, ()) if self._senses[place].file in THINGS]

    def sense(self, place: str) -> Sense:
        return self._senses[place]

    def means(self, lemma: str, place: str) -> bool:
        """Whether `lemma` says `place` to most people: its commonest meaning, no proper name, no adjective."""
        return bool(PLAIN.fullmatch(lemma)) and lemma not in self._adjectives and self.senses(lemma)[:1] == [place]


@dataclass(frozen=True, slots=True)
class Told:
    """What the dictionary says: words for things (word: row), and descriptions of the things in `rows`."""

    words: dict[str, int]
    rows: list[int]
    glosses: list[str]


class Dictionary:
    """Reads nouns for a vocabulary; `without_kinds` are names whose kinds are too many and too different."""

    def __init__(self, nouns: Nouns, without_kinds: Sequence[str] = ()) -> None:
        self._nouns, self._without_kinds = nouns, frozenset(without_kinds)

    def tell(self, concepts: Sequence[Concept], names: dict[str, int], embedder: Embedder) -> Told:
        """What there is to say of `names` (name: row of its concept)."""
        senses = self._find_senses(concepts, names, embedder)
        glosses = [f"{concepts[row].label}: {self._nouns.sense(place).gloss}" for place, row in senses.items()]
        words = {word: row for word, row in self._list_kinds(senses).items() if word not in names}
        return Told(words, list(senses.values()), glosses)

    def _find_senses(self, concepts: Sequence[Concept], names: dict[str, int], embedder: Embedder) -> dict[str, int]:
        """The meaning of each name that has one: place -> row; of two names of a meaning the one as written gets it."""
        found: dict[str, int] = {}
        spelt = {name: spellings(name.split()) for name in names if name not in self._without_kinds}
        for as_written in (True, False):
            for name, row in names.items():
                for spelling in spelt.get(name, [])[:1] if as_written else spelt.get(name, [])[1:]:
                    senses = self._nouns.senses(spelling.replace(" ", "_"))
                    if senses:
                        found.setdefault(self._choose(senses, concepts[row], embedder), row)
        return found

    def _choose(self, senses: list[str], concept: Concept, embedder: Embedder) -> str:
        """The one that comes nearest to the concept's name and tags; a rarer one has to come nearer."""
        if len(senses) == 1:
            return senses[0]
        wanted = embedder.embed([", ".join([concept.label, *concept.tags])])[0]
        said = [self._nouns.sense(place) for place in senses]
        told = embedder.embed([f"{THINGS[sense.file]}, {', '.join(sense.lemmas)}: {sense.gloss}" for sense in said])
        return senses[int(np.argmax(told @ wanted - RARER * np.arange(len(senses))))]

    def _list_kinds(self, roots: dict[str, int]) -> dict[str, int]:
        """Words for `roots` (place: row) and whatever is a kind of them, each for the nearest root above it.

        A word counts only in its commonest meaning: few who write "boxer" mean the dog.
        """
        words: dict[str, int] = {}
        level, seen = list(roots.items()), set(roots)
        while level:
            below = []
            for place, row in level:
                sense = self._nouns.sense(place)
                for lemma in sense.lemmas:
                    if self._nouns.means(lemma, place):
                        words.setdefault(clean(lemma.replace("_", " ")), row)
                below += [(kind, row) for kind in sense.kinds if kind not in seen]
                seen.update(sense.kinds)
            level = below
        return words


def _rows(file: Path) -> list[str]:
    """The file's lines without its licence, which is indented."""
    return [line for line in file.read_text("utf-8").splitlines() if not line.startswith(" ")]


def _read_sense(line: str) -> Sense:
    fields, _, gloss = line.partition(" | ")
    parts = fields.split()
    count = int(parts[3], 16)
    lemmas = tuple(parts[4 + 2 * at] for at in range(count))
    pointers = parts[5 + 2 * count :]
    kinds = tuple(place for kind, place in zip(pointers[0::4], pointers[1::4], strict=False) if kind == "~")
    return Sense(lemmas, int(parts[1]), gloss.split(";")[0].strip(), kinds)
