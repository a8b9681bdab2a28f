"""What the starter model reads out of a prompt, and what it says of the rest."""

from __future__ import annotations

import pytest

from generation.starter.concepts import Concept
from generation.starter.vocabulary import Vocabulary
from generation.starter.wishes import Wish, read_wish, unwanted
from tests.unit.generation.starter.letters import Letters

NAMES = ("red apple", "dog", "cat", "fork and knife", "automobile", "white flower", "heart with arrow")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    concepts = [Concept(f"{at:04x}", name, ("doggo",) if name == "dog" else ()) for at, name in enumerate(NAMES)]
    return Vocabulary.build(concepts, {"car": "automobile", "apple": "red apple"}, Letters())


def read(prompt: str, vocabulary: Vocabulary) -> tuple[list[tuple[str, str | None]], Wish]:
    wish = read_wish(prompt, vocabulary, Letters())
    return [(vocabulary.concepts[thing.row].label, thing.colour) for thing in wish.things], wish


@pytest.mark.parametrize(
    ("prompt", "things"),
    [
        ("a red apple", [("red apple", None)]),
        ("A GREEN APPLE!", [("red apple", "green")]),
        ("two dogs", [("dog", None)]),
        ("a cat and a blue dog", [("cat", None), ("dog", "blue")]),
        ("a fork and knife", [("fork and knife", None)]),
        ("a heart with arrow", [("heart with arrow", None)]),
        ("a purple car next to a white flower", [("automobile", "purple"), ("white flower", None)]),
        ("dog, cat, car", [("dog", None), ("cat", None)]),
    ],
)
def test_things_are_read_with_their_colours(
    prompt: str, things: list[tuple[str, str | None]], vocabulary: Vocabulary
) -> None:
    assert read(prompt, vocabulary)[0] == things


def test_backgrounds_and_styles_are_not_things(vocabulary: Vocabulary) -> None:
    things, wish = read("a 3d render of a dog on a blue background", vocabulary)
    assert (things, wish.style, wish.background, wish.notes) == ([("dog", None)], "3d", "blue", [])
    _, wish = read("a cat in space, flat style", vocabulary)
    assert (wish.style, wish.background) == ("flat", "space")


def test_words_that_are_not_used_are_told(vocabulary: Vocabulary) -> None:
    _, wish = read("a dog wearing sunglasses", vocabulary)
    assert wish.notes == ["The starter model did not use these words: wearing, sunglasses."]


def test_another_word_for_a_thing_is_told_with_the_name_of_the_thing(vocabulary: Vocabulary) -> None:
    assert read("a doggo", vocabulary)[1].notes == ["Drawn for 'doggo': dog."]


def test_an_emoji_is_the_thing_it_shows(vocabulary: Vocabulary) -> None:
    things, wish = read("a \u0001\ufe0f and \u0002", vocabulary)
    assert (things, wish.notes) == ([("dog", None), ("cat", None)], [])


def test_accents_do_not_matter_and_other_scripts_are_told(vocabulary: Vocabulary) -> None:
    things, wish = read("a D\u00f3g \u732b \U0001f6f8 caf\u00e9", vocabulary)
    assert things == [("dog", None)]
    assert wish.notes == ["The starter model did not use these words: \u732b, \U0001f6f8, cafe."]


def test_a_thing_named_twice_leaves_no_word_unused(vocabulary: Vocabulary) -> None:
    assert read("a doggo dog", vocabulary)[1].notes == []


@pytest.mark.parametrize("prompt", ["zeppelin", "\u732b", "?!", "x" * 2000, "on a red background"])
def test_an_unknown_prompt_draws_the_nearest_thing_and_says_so(prompt: str, vocabulary: Vocabulary) -> None:
    things, wish = read(prompt, vocabulary)
    assert len(things) == 1
    said = " ".join(wish.notes)
    assert "nearest thing it knows" in said
    assert "next: " in said


def test_a_negative_prompt_names_a_thing_only_in_full(vocabulary: Vocabulary) -> None:
    assert unwanted("blur, a dog, noise", vocabulary) == NAMES.index("dog")
    assert unwanted("dog hair, blurry", vocabulary) is None
