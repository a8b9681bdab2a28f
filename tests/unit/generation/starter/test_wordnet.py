"""The dictionary tells which words are kinds of a thing, and stays out of what it cannot know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generation.starter.concepts import Concept
from generation.starter.vocabulary import Telling, Vocabulary
from generation.starter.wordnet import Dictionary, Nouns
from tests.unit.generation.starter.letters import Letters

SENSES = {
    "1": (5, ["dog", "domestic_dog"], ["2", "3"], "a barking animal"),
    "2": (5, ["poodle"], [], "a curly dog"),
    "3": (5, ["boxer"], [], "a stocky dog"),
    "4": (18, ["boxer", "pugilist"], [], "someone who boxes"),
    "5": (6, ["house"], ["6"], "a dwelling"),
    "6": (6, ["cottage", "Cottage_Grove"], [], "a small house"),
    "7": (14, ["house"], [], "a family"),
    "8": (6, ["building_site", "construction"], ["5"], "a thing built"),
    "9": (5, ["grizzly"], [], "a bear"),
}
INDEX = {
    "dog": "1",
    "domestic_dog": "1",
    "poodle": "2",
    "boxer": "43",
    "pugilist": "4",
    "house": "75",
    "cottage": "6",
    "construction": "8",
    "building_site": "8",
    "grizzly": "9",
}


@pytest.fixture(scope="module")
def nouns(tmp_path_factory: pytest.TempPathFactory) -> Nouns:
    """A database of nine meanings, written as WordNet writes its own."""
    folder = tmp_path_factory.mktemp("dict")
    rows = []
    for place, (file, lemmas, kinds, gloss) in SENSES.items():
        listed = " ".join(f"{lemma} 0" for lemma in lemmas)
        pointers = " ".join(f"~ {kind:0>8} n 0000" for kind in kinds)
        rows.append(f"{place:0>8} {file:02d} n {len(lemmas):02x} {listed} {len(kinds):03d} {pointers} | {gloss}  ")
    (folder / "data.noun").write_text("  1 a licence  \n" + "\n".join(rows) + "\n")
    index = [
        f"{lemma} n {len(places)} 1 ~ {len(places)} 0 {' '.join(f'{place:0>8}' for place in places)}  "
        for lemma, places in INDEX.items()
    ]
    (folder / "index.noun").write_text("  1 a licence  \n" + "\n".join(index) + "\n")
    (folder / "index.adj").write_text("  1 a licence  \ngrizzly a 1 0 1 0 00000001  \n")
    return Nouns(folder)


@pytest.fixture(scope="module")
def vocabulary(nouns: Nouns) -> Vocabulary:
    names = ("dogs", "house", "construction", "grizzly bear")
    concepts = [Concept(f"1f40{at}", name, ()) for at, name in enumerate(names)]
    return Vocabulary.build(concepts, {}, Letters(), Dictionary(nouns, ["construction"]))


@pytest.mark.parametrize(("word", "thing"), [("poodle", "dogs"), ("domestic dog", "dogs"), ("cottages", "house")])
def test_a_kind_of_a_thing_is_a_word_for_it(vocabulary: Vocabulary, word: str, thing: str) -> None:
    (match,) = vocabulary.named(word.split())
    assert (vocabulary.concepts[match.row].label, match.telling) == (thing, Telling.WORD)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("boxer", "most people mean the man"),
        ("grizzly", "is an adjective first"),
        ("cottage grove", "is a place's own name"),
        ("building site", "kinds of a construction are anything"),
    ],
)
def test_a_word_that_says_something_else_is_left_alone(vocabulary: Vocabulary, word: str, why: str) -> None:
    assert all(match.telling is Telling.NAME for match in vocabulary.named([word])), why


def test_a_description_leads_to_its_thing(vocabulary: Vocabulary) -> None:
    ((row, nearness),) = vocabulary.nearest(Letters().embed(["house: a dwelling"])[0])
    assert vocabulary.concepts[row].label == "house"
    assert nearness > 0.99


def test_what_is_saved_is_read_again(vocabulary: Vocabulary, tmp_path: Path) -> None:
    vocabulary.save(tmp_path)
    again = Vocabulary.load(tmp_path)
    assert again.named(["poodle"]) == vocabulary.named(["poodle"])
    text = Letters().embed(["a barking animal"])[0]
    assert [row for row, _ in again.nearest(text, 3)] == [row for row, _ in vocabulary.nearest(text, 3)]
    assert np.isclose(again.nearest(text)[0][1], vocabulary.nearest(text)[0][1], atol=1e-3)
