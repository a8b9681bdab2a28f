"""Puts placeholders for what differs from run to run: ids, times, secrets. The rest of an answer stays as it was sent.

The same value gets the same placeholder wherever it stands, so that `<gen-1>` is one generation in all answers.
"""

from __future__ import annotations

import re
from collections import defaultdict

ID = re.compile(r"\b(?!gen_a{20}|whk_a{20}|dlv_a{20}|key_a{20})([a-z]{2,4})_[a-z2-7]{20}\b")
NUMBERED = (
    ("key-text", re.compile(r"\b(atl_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{38})\b")),
    ("key-prefix", re.compile(r"\b(atl_live_[0-9A-Za-z]{8})\b")),
    ("secret", re.compile(r"(?<=\")(whsec_[A-Za-z0-9+/]+={0,2})(?=\")")),
    ("public-key", re.compile(r"(?<=\")(whpk_[A-Za-z0-9+/]+={0,2})(?=\")")),
    ("hash", re.compile(r"\b([0-9a-f]{64})\b")),
    ("cursor", re.compile(r"(?<=\"nextCursor\":\")([A-Za-z0-9_-]{20,})(?=\")")),
    (
        "member",
        re.compile(r"(?<=\"id\":)([0-9]+)(?=,)|(?<=\"memberId\": )([0-9]+)(?=[,}])|(?<=/members/)([1-9][0-9]*)"),
    ),
    ("event", re.compile(r"(?<=^id: )([0-9]+)$", re.MULTILINE)),
    ("seed", re.compile(r"(?<=\"seed\":)(?!4294967)([0-9]{4,})(?=[,}])")),
)
"""Kinds of values of which each is told apart, and how one looks. A seed of a request here has three digits or all."""

MOMENT = "20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
ALIKE = (
    ("<link>", re.compile(r"(?<=/files/)[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{43}(?=/)")),
    ("<date>", re.compile(r"(?<=^Expires: ).*")),
    ("<time>", re.compile(rf"(?<![0-9]){MOMENT}\.[0-9]{{3}}Z(?<!2099-01-01T00:00:00\.000Z)")),
    ("<day>", re.compile(r"(?<=\"day\":\")[0-9]{4}-[0-9]{2}-[0-9]{2}|^[0-9]{4}-[0-9]{2}-[0-9]{2}(?=,)", re.MULTILINE)),
    ("<ms>", re.compile(r"(?<=;dur=)[0-9]+\.[0-9]+|(?<=\"processingTimeMs\":)[0-9]+")),
    ("<s>", re.compile(r"(?<=;t=)[1-9][0-9]*|(?<=try again in )[0-9]+|(?<=max-age=)[0-9]+(?=, immutable)")),
    ("<s>", re.compile(r"(?<=^Retry-After: )[0-9]{2,}")),
    ("<left>", re.compile(r"(?<=\"access\";)r=[0-9]+;t=(?:[0-9]+|<s>)")),
)
"""Values that are not told apart. A signed link is another one each second; what is left of the limit for keys
grows while a busy machine waits."""


class Placeholders:
    """Remembers which value has which placeholder."""

    def __init__(self) -> None:
        self._known: defaultdict[str, dict[str, int]] = defaultdict(dict)

    def replace(self, text: str) -> str:
        """The text with a placeholder for each value that differs from run to run."""
        for kind, pattern in NUMBERED:
            text = pattern.sub(lambda found, kind=kind: self._name(kind, found[0]), text)
        text = ID.sub(lambda found: self._name(found[1], found[0]), text)
        for placeholder, pattern in ALIKE:
            text = pattern.sub(placeholder, text)
        return text

    def _name(self, kind: str, value: str) -> str:
        known = self._known[kind]
        return f"<{kind}-{known.setdefault(value, len(known) + 1)}>"
