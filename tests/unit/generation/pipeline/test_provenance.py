"""Provenance survives every text a client can send."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.provenance import NAMESPACE, Provenance, build_xmp

DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
LEGAL = st.text(
    st.characters(
        exclude_categories=["Cs"],
        exclude_characters=[*map(chr, range(9)), "\x0b", "\x0c", *map(chr, range(14, 32)), "\ufffe", "\uffff"],
    ),
    max_size=200,
)


def read(prompt: str) -> dict[str, str]:
    packet = build_xmp(Provenance("gen_x", prompt, 2**32 - 1, "tiny", "1"))
    root = ElementTree.fromstring(packet)
    found = {node.tag.removeprefix(f"{{{NAMESPACE}}}"): node.text or "" for node in root.iter()}
    found["description"] = "".join(next(root.iter(DESCRIPTION)).itertext())
    return found


@given(LEGAL)
def test_every_legal_prompt_is_read_back_unchanged(prompt: str) -> None:
    found = read(prompt)
    assert (found["prompt"], found["description"]) == (prompt, prompt)
    assert (found["generationId"], found["seed"]) == ("gen_x", "4294967295")
    assert (found["model"], found["modelRevision"]) == ("tiny", "1")


def test_characters_that_xml_cannot_hold_become_replacement_characters() -> None:
    assert read("a\x00b\x1bc\ud800d\uffffe")["prompt"] == "a\ufffdb\ufffdc\ufffdd\ufffde"


def test_a_prompt_cannot_close_the_packet() -> None:
    prompt = "</x:xmpmeta><script>alert(1)</script>]]>&amp;\r\n<?xpacket end='w'?>"
    assert read(prompt)["prompt"] == prompt
