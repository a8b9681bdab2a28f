"""The prompt stage: the client's words become the words the model reads."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from generation.pipeline.catalog import StyleEntry, load_styles
from generation.pipeline.engines import Engines
from generation.pipeline.spec import Shot, Spec
from generation.pipeline.stage import Beat, Facts, Pool, Product, StageFailed, State

SHIPPED_STYLES = Path(__file__).parents[2] / "styles.toml"

JOINERS = frozenset("\u200c\u200d")
"""Zero width non-joiner and joiner: part of Persian and Indic spelling and of emoji, so they stay."""

REMOVED_NOTE = "Invisible characters were removed from the prompt."


class Prompt:
    """Normalises the prompt and the negative prompt of every shot and adds the style preset.

    Facts: finalPrompt and finalNegativePrompt of the first shot; finalWords, a pair for each, where the shots differ in
    their words; and note when invisible characters were removed.
    """

    name = "prompt"
    pool: Pool = "cpu"
    time_limit_seconds = 10

    def __init__(self, styles: Mapping[str, StyleEntry] | None = None) -> None:
        self._styles = styles

    def applies_to(self, spec: Spec) -> bool:
        return True

    def run(self, state: State, spec: Spec, engines: Engines, beat: Beat) -> Iterator[Product]:
        beat(0, 1)
        style = self._style(spec.style)
        words = [_final(shot, style) for shot in spec.shots]
        values: dict[str, Any] = dict(zip(("finalPrompt", "finalNegativePrompt"), words[0], strict=True))
        if len(set(words)) > 1:
            values["finalWords"] = [list(pair) for pair in words]
        if any(_is_invisible(character) for shot in spec.shots for character in shot.prompt):
            values["note"] = REMOVED_NOTE
        yield Facts(values)

    def _style(self, name: str | None) -> StyleEntry | None:
        if name is None:
            return None
        styles = _shipped_styles() if self._styles is None else self._styles
        if name not in styles:
            raise StageFailed("unknown_style", f"The style {name!r} is no longer offered.")
        return styles[name]


def final_words(facts: Mapping[str, Any], index: int) -> tuple[str, str]:
    """The prompt and the negative prompt that the model reads for image `index`, from this stage's facts."""
    if "finalWords" in facts:
        prompt, negative = facts["finalWords"][index]
        return prompt, negative
    return facts["finalPrompt"], facts["finalNegativePrompt"]


def _final(shot: Shot, style: StyleEntry | None) -> tuple[str, str]:
    prompt, negative = normalise(shot.prompt), normalise(shot.negative_prompt)
    if not prompt.strip("\u200c\u200d"):
        raise StageFailed("empty_prompt", "The prompt has no visible characters.")
    return _join(prompt, style.prompt_suffix if style else ""), _join(negative, style.negative if style else "")


def normalise(text: str) -> str:
    """`text` in Unicode form NFKC, without invisible characters, its whitespace collapsed to single spaces.

    NFKC because the models' vocabularies hold plain letters: full-width or mathematical look-alikes would be
    split into bytes. Invisible characters go first, so that what they kept apart composes. Idempotent.
    """
    visible = "".join(_replace(character) for character in text)
    composed = unicodedata.normalize("NFKC", visible)
    return " ".join(composed.split())


def _replace(character: str) -> str:
    if _is_invisible(character):
        return ""
    return " " if unicodedata.category(character) == "Cc" else character


def _is_invisible(character: str) -> bool:
    """Format characters (bidi controls, zero width spaces, tags) and lone surrogates."""
    return unicodedata.category(character) in ("Cf", "Cs") and character not in JOINERS


def _join(words: str, addition: str) -> str:
    return f"{words}, {addition}" if words and addition else words or addition


@cache
def _shipped_styles() -> Mapping[str, StyleEntry]:
    return {style.name: style for style in load_styles(SHIPPED_STYLES)}
