"""The prompt stage gives the model clean words, and the style's words with them."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.catalog import StyleEntry
from generation.pipeline.stage import Facts, StageFailed, State
from generation.pipeline.stages.prompt import REMOVED_NOTE, Prompt, normalise
from tests.support.specs import make_spec

INK = StyleEntry("ink", "Ink", "drawn in ink", "colour")


def run(**changes: Any) -> dict[str, Any]:
    stage = Prompt({"ink": INK})
    products = list(stage.run(State({}, ()), make_spec(**changes), None, lambda step, steps: None))
    (facts,) = products
    assert isinstance(facts, Facts)
    return facts.values


def test_without_a_style_the_words_are_the_clients() -> None:
    assert run(prompt="a red apple", negative_prompt="blur") == {
        "finalPrompt": "a red apple",
        "finalNegativePrompt": "blur",
    }


def test_a_style_adds_to_both_prompts() -> None:
    facts = run(prompt="a red apple", negative_prompt="blur", style="ink")
    assert facts == {"finalPrompt": "a red apple, drawn in ink", "finalNegativePrompt": "blur, colour"}
    assert run(style="ink")["finalNegativePrompt"] == "colour"


def test_the_shipped_styles_are_used_by_default() -> None:
    (facts,) = Prompt().run(State({}, ()), make_spec(style="watercolor"), None, lambda step, steps: None)
    assert isinstance(facts, Facts)
    assert facts.values["finalPrompt"].startswith("a red apple, a watercolour")


def test_a_style_that_was_removed_fails_for_good() -> None:
    with pytest.raises(StageFailed, match="unknown_style") as caught:
        run(style="oil")
    assert not caught.value.retryable


def test_a_prompt_of_invisible_characters_fails() -> None:
    with pytest.raises(StageFailed, match="empty_prompt"):
        run(prompt="\u200b\u202e\u2066 \t")


def test_removing_invisible_characters_is_noted() -> None:
    assert run(prompt="ap\u200bple")["note"] == REMOVED_NOTE
    assert "note" not in run(prompt="  an\r\n apple ")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  two\r\n\t words\u00a0here ", "two words here"),
        ("\uff32\uff25\uff24 apple", "RED apple"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("e\u200b\u0301", "\u00e9"),
        ("\ufb01sh", "fish"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("a\x00b\x07c", "a b c"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("flag\U000e0067\U000e0062", "flag"),
        ("lone\ud800surrogate", "lonesurrogate"),
    ],
)
def test_worked_examples(text: str, clean: str) -> None:
    assert normalise(text) == clean


@given(st.text(max_size=300))
def test_normalising_is_idempotent_and_leaves_nothing_unreadable(text: str) -> None:
    clean = normalise(text)
    assert normalise(clean) == clean
    assert clean == " ".join(clean.split())
    assert unicodedata.is_normalized("NFKC", clean)
    categories = {unicodedata.category(character) for character in clean if character not in "\u200c\u200d"}
    assert not categories & {"Cc", "Cf", "Cs"}
    clean.encode()


@given(st.from_regex(r"[a-z]+( [a-z]+)*", fullmatch=True))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert normalise(text) == text
