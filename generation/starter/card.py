"""The table of figures in the model's card, written by the evaluation and by nobody's hand."""

from __future__ import annotations

import re
from pathlib import Path

from generation.starter.export import MODEL

CARD = "README.md"
BEGIN, END = "<!-- figures: written by manage.py starter evaluate -->", "<!-- end of figures -->"
ROWS = {
    "judge": ("real drawings whose thing the judge names right", "0.90"),
    "style judge": ("real drawings whose style the judge of styles names right", ""),
    "top-1": ("the judge names the right thing first", "0.60"),
    "top-5": ("the right thing is among the judge's first five", "0.80"),
    "style": ("the judge of styles names the right style", "0.90"),
    "style flat": ("of these in style flat", ""),
    "style 3d": ("of these in style 3d", ""),
    "style noto": ("of these in style noto", ""),
    "colours": ("50 prompts with a colour: the main hue is within 30 degrees of it", "0.80"),
    "pairs": ("30 prompts with two things: both among the judge's first five", "0.50"),
    "paraphrases": ("30 paraphrases reach the right thing (first list)", "0.70"),
    "other paraphrases": ("30 paraphrases reach the right thing (second list)", "0.70"),
    "between seeds": ("difference of two seeds (root mean square, 0 to 1)", ""),
    "to the nearest real drawing": ("difference to the nearest training drawing (the same measure)", ""),
    "nearest is its own": ("the nearest training drawing is the one of that thing and style", ""),
}
"""What each figure says, and the least that was asked for."""


def write(figures: dict[str, float], prompts: int, seeds: int, folder: Path = MODEL) -> None:
    """Put the table into the card in `folder`. Raises `ValueError` where the card has no place for it."""
    card = (folder / CARD).read_text("utf-8")
    place = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not place.search(card):
        raise ValueError(f"{CARD} has no lines {BEGIN!r} and {END!r} for the figures: put them back.")
    table = f"{BEGIN}\n{_table(figures, prompts, seeds)}\n{END}"
    (folder / CARD).write_text(place.sub(lambda _: table, card), "utf-8")


def _table(figures: dict[str, float], prompts: int, seeds: int) -> str:
    lines = [f"{prompts} prompts (thing x style), {seeds} seeds each; shares of 1.", "", "| what | figure | asked |"]
    lines.append("|---|---|---|")
    for name, value in figures.items():
        said, asked = ROWS.get(name, (name, ""))
        lines.append(f"| {said} | {value:.3f} | {f'at least {asked}' if asked else ''} |")
    return "\n".join(lines)
