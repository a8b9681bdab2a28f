"""A prompt read: which things it names, in which colour, on which background, in which style, and what is left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from generation.starter.colours import BACKGROUNDS, COLOURS
from generation.starter.concepts import clean
from generation.starter.vocabulary import Match, Telling, Vocabulary
from generation.starter.wordnet import Embedder

MOST_THINGS = 2
LEAST_NEARNESS = 0.45
"""Cosine from which a whole phrase says more than one known word in it."""
NEAR = 3
"""How many near things a note lists."""
JOINERS = re.compile(r" (?:and|&|next to|beside|besides|together with|plus|with) | ?[,;] ?")
BACKGROUND = re.compile(
    rf"\b(?:(?:on|in|over|against|at|under) )?(?:an? |the )?(?:plain )?({'|'.join(BACKGROUNDS)}) background\b"
)
SCENE = re.compile(
    r"\b(?:on|in|over|at|by) (?:an? |the )?(sky|night|sunset|grass|meadow|sea|ocean|beach|sand|snow|space)\b"
)
STYLE_WORDS = {
    "flat": ("flat style", "flat design", "flat icon", "flat"),
    "3d": ("3d style", "3d render", "3d icon", "3d"),
    "noto": ("noto style", "noto"),
}
FILLERS = frozenset(
    re.findall(
        r"\w+",
        "a an the of in on at to for from by with and or is are it its this that some one my your his her their our "
        "very picture image photo photograph drawing illustration icon emoji painting sketch render cute nice "
        "beautiful lovely little small big large simple single please draw show me make style",
    )
)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to draw: its row in the vocabulary and the colour it was asked in."""

    row: int
    colour: str | None


@dataclass(slots=True)
class Wish:
    """What is drawn for a prompt. `notes` are sentences for the client."""

    things: list[Thing] = field(default_factory=list)
    style: str | None = None
    background: str | None = None
    notes: list[str] = field(default_factory=list)


def read_wish(prompt: str, vocabulary: Vocabulary, embedder: Embedder) -> Wish:
    """Read `prompt`. Whatever it names, at least one thing is drawn; a thing not named so is told in the notes."""
    wish = Wish()
    text, unread = _plain(vocabulary.spell_out(prompt))
    text = f" {text} "
    text = _take_background(text, wish)
    text = _take_style(text, wish)
    unused = unread
    for part in _parts(text, vocabulary):
        _read_part(part.split(), wish, vocabulary, embedder, unused)
    if not wish.things:
        _take_nearest(" ".join(text.split()), prompt, wish, vocabulary, embedder)
        return wish
    if words := [word for word in dict.fromkeys(unused) if word not in FILLERS]:
        wish.notes.append(f"The starter model did not use these words: {', '.join(words)[:300]}.")
    return wish


def _plain(prompt: str) -> tuple[str, list[str]]:
    """Lower case words, digits, and the commas and ampersands that join, without accents; and what cannot be read."""
    decomposed = unicodedata.normalize("NFKD", prompt.lower().replace("\u2019", "").replace("'", ""))
    text = "".join(character for character in decomposed if not unicodedata.combining(character))
    unread = [word for word in text.split() if not word.isascii() and any(map(_says, word))]
    kept = re.sub(r"[^a-z0-9,;& ]", " ", text)
    return " ".join(re.sub(r"([,;&])", r" \1 ", kept).split()), unread


def _says(character: str) -> bool:
    """A letter of another script, or a symbol such as an emoji."""
    return not character.isascii() and unicodedata.category(character)[0] in "LNS"


def _take_background(text: str, wish: Wish) -> str:
    found = BACKGROUND.search(text) or SCENE.search(text)
    if found is None:
        return text
    wish.background = found[1]
    return text[: found.start()] + " " + text[found.end() :]


def _take_style(text: str, wish: Wish) -> str:
    for style, phrases in STYLE_WORDS.items():
        for phrase in phrases:
            if f" {phrase} " in text:
                wish.style = style
                return text.replace(f" {phrase} ", " ")
    return text


def _parts(text: str, vocabulary: Vocabulary) -> list[str]:
    """The text cut at its joining words, but not inside the name of a thing ("fork and knife")."""
    words = text.split()
    for match in vocabulary.named(words, names_only=True):
        name = " ".join(words[match.begin : match.end])
        if JOINERS.search(f" {name} "):
            rest = f" {' '.join(words[: match.begin])} , {' '.join(words[match.end :])} "
            return [name, *[part for part in JOINERS.split(rest) if part.strip()]]
    return [part for part in JOINERS.split(f" {' '.join(words)} ") if part.strip()]


def _read_part(words: Sequence[str], wish: Wish, vocabulary: Vocabulary, embedder: Embedder, unused: list[str]) -> None:
    """One thing of a part, named in full before its colour is taken: a red apple is a thing of its own."""
    matches = vocabulary.named(words)
    found = _best(matches)
    if found is None or len(wish.things) == MOST_THINGS:
        unused.extend(words)
        return
    said = {at for match in matches if match.row == found.row for at in range(match.begin, match.end)}
    rest = [word for at, word in enumerate(words) if at not in said]
    colour = next((word for word in rest if word in COLOURS), None)
    others = [word for word in rest if word != colour and word not in FILLERS]
    row = found.row
    if others and found.telling is Telling.TAG:
        row, others = _weigh(found, words, vocabulary, embedder), []
    wish.things.append(Thing(row, colour))
    unused.extend(others)
    if found.telling is not Telling.NAME:
        named = " ".join(words if row != found.row else words[found.begin : found.end])
        wish.notes.append(f"Drawn for {named[:200]!r}: {vocabulary.concepts[row].label}.")


def _weigh(found: Match, words: Sequence[str], vocabulary: Vocabulary, embedder: Embedder) -> int:
    """The thing that the whole phrase is nearest to, where a mere tag in it was known: "the king of the jungle"."""
    ((row, nearness),) = vocabulary.nearest(embedder.embed([" ".join(words)])[0])
    return row if nearness >= LEAST_NEARNESS else found.row


def _best(matches: list[Match]) -> Match | None:
    """A name before a word for it, that before a mere tag, then the first."""
    return min(matches, key=lambda match: match.telling, default=None)


def _take_nearest(text: str, prompt: str, wish: Wish, vocabulary: Vocabulary, embedder: Embedder) -> None:
    words = text.split()
    colour = next((word for word in words if word in COLOURS), None)
    wanted = " ".join(word for word in words if word != colour) or prompt
    (row, nearness), *others = vocabulary.nearest(embedder.embed([wanted])[0], NEAR)
    wish.things.append(Thing(row, colour))
    near = ", ".join(vocabulary.concepts[other].label for other, _ in others)
    wish.notes.append(
        f"The starter model knows no word of this prompt and drew the nearest thing it knows: "
        f"{vocabulary.concepts[row].label} (nearness {nearness:.2f} of 1; next: {near}). "
        "GET /models lists what it knows."
    )


def unwanted(negative: str, vocabulary: Vocabulary) -> int | None:
    """The row of the first thing that a negative prompt names in full between its commas."""
    return next((row for _, row in named_parts(negative, vocabulary) if row is not None), None)


def named_parts(negative: str, vocabulary: Vocabulary) -> list[tuple[str, int | None]]:
    """The parts of a negative prompt, each with the row of the thing that it names in full, or None."""
    parts = [part.strip() for part in re.split(r"[,;]", negative) if part.strip()]
    return [(part, _named_in_full(part, vocabulary)) for part in parts]


def _named_in_full(part: str, vocabulary: Vocabulary) -> int | None:
    words = [word for word in clean(part).split() if word not in FILLERS]
    matches = vocabulary.named(words, names_only=True)
    return next((match.row for match in matches if match.end - match.begin == len(words)), None)
