"""What the starter model knows by name, and the nearest of it for words it does not know."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from safetensors.numpy import load_file, save_file

from generation.starter.colours import COLOURS
from generation.starter.concepts import Concept, clean

FOLDER, WORDS, VECTORS = "vocabulary", "concepts.json", "vectors.safetensors"
MOST_OWNERS, LEAST_NEARNESS = 15, 0.4
"""A tag that more things share, or that is farther (cosine) from their names, says too little to stand for one."""


class Embedder(Protocol):
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(texts, width) float32, each of length 1."""
        ...


@dataclass(frozen=True, slots=True)
class Match:
    """A thing (its row), the words that named it (from, to: positions in the text), and whether it is its own name."""

    row: int
    begin: int
    end: int
    is_name: bool


class Vocabulary:
    """Names and other words of the things, each word with its vector."""

    def __init__(self, concepts: list[Concept], phrases: dict[str, int], vectors: np.ndarray) -> None:
        self.concepts = concepts
        self._names = {concept.label: row for row, concept in enumerate(concepts)}
        self._phrases, self._vectors = phrases, vectors
        self._rows = np.fromiter(phrases.values(), int)
        self._longest = max(len(phrase.split()) for phrase in phrases)

    @classmethod
    def build(cls, concepts: list[Concept], aliases: dict[str, str], embedder: Embedder) -> Vocabulary:
        """Every name, every alias, and every tag that few things share: it goes to the nearest name of theirs."""
        owners: dict[str, list[int]] = {}
        for row, concept in enumerate(concepts):
            for tag in concept.tags:
                owners.setdefault(tag, []).append(row)
        phrases = {concept.label: row for row, concept in enumerate(concepts)}
        phrases |= {alias: phrases[name] for alias, name in aliases.items() if alias not in phrases}
        fixed = list(phrases)
        tags = [tag for tag, rows in owners.items() if _tells(tag) and tag not in phrases and len(rows) <= MOST_OWNERS]
        names, near = embedder.embed(fixed), embedder.embed(tags)
        for tag, vector in zip(tags, near, strict=True):
            nearness = names[owners[tag]] @ vector
            if nearness.max() >= LEAST_NEARNESS:
                phrases[tag] = owners[tag][int(np.argmax(nearness))]
        kept = [tag in phrases for tag in tags]
        return cls(concepts, phrases, np.concatenate([names, near[kept]]))

    def named(self, words: Sequence[str], names_only: bool = False) -> list[Match]:
        """The things that `words` name, from left to right; the longest phrase wins where several begin."""
        found, begin = [], 0
        while begin < len(words):
            match = self._longest_at(words, begin, names_only)
            if match:
                found.append(match)
            begin = match.end if match else begin + 1
        return found

    def nearest(self, vector: np.ndarray) -> tuple[int, float]:
        """(row, cosine) of the thing with the word nearest to a sentence's vector."""
        nearness = self._vectors @ vector
        best = int(np.argmax(nearness))
        return int(self._rows[best]), float(nearness[best])

    def save(self, folder: Path) -> None:
        """Write it below `folder`; the vectors as half-precision safetensors."""
        target = folder / FOLDER
        target.mkdir(parents=True, exist_ok=True)
        listed = {"concepts": [asdict(concept) for concept in self.concepts], "phrases": self._phrases}
        (target / WORDS).write_text(json.dumps(listed, ensure_ascii=False, indent=0), "utf-8")
        save_file({"phrases": self._vectors.astype(np.float16)}, target / VECTORS)

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Read what `save` wrote. Raises `OSError`, `ValueError` or `KeyError` for a damaged folder."""
        listed = json.loads((folder / FOLDER / WORDS).read_text("utf-8"))
        concepts = [Concept(row["code"], row["label"], tuple(row["tags"])) for row in listed["concepts"]]
        vectors = load_file(folder / FOLDER / VECTORS)["phrases"].astype(np.float32)
        return cls(concepts, listed["phrases"], vectors)

    def _longest_at(self, words: Sequence[str], begin: int, names_only: bool) -> Match | None:
        for end in range(min(len(words), begin + self._longest), begin, -1):
            for phrase in _spellings(words[begin:end]):
                row = self._names.get(phrase)
                if row is None and not names_only:
                    row = self._phrases.get(phrase)
                if row is not None:
                    return Match(row, begin, end, phrase in self._names)
        return None


def _tells(tag: str) -> bool:
    """A colour is not the name of a thing, and single letters are none either."""
    return len(tag) > 1 and tag not in COLOURS


def _spellings(words: Sequence[str]) -> list[str]:
    """The phrase as written, and with its last word in the singular."""
    *first, last = words
    singular = [last]
    for ending, instead in (("ies", "y"), ("es", ""), ("s", ""), ("ves", "f")):
        if last.endswith(ending) and len(last) > len(ending) + 2:
            singular.append(last.removesuffix(ending) + instead)
    return [clean(" ".join([*first, word])) for word in singular]
