"""The origin of a delivered file, as labelled text and as an XMP packet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

NAMESPACE = "urn:atelier:xmp:1.0/"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow, not even escaped (section 2.2, Char)."""

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"\
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:atelier="{namespace}">
<xmp:CreatorTool>Atelier</xmp:CreatorTool>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{prompt}</rdf:li></rdf:Alt></dc:description>
{properties}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Provenance:
    """The origin of one image: the client's prompt, its seed, the model and the generation."""

    generation_id: str
    prompt: str
    seed: int
    model: str
    model_revision: str

    def labelled(self) -> tuple[tuple[str, str], ...]:
        """(keyword, text) pairs for text chunks; characters that XML does not allow become U+FFFD."""
        pairs = (
            ("prompt", self.prompt),
            ("seed", str(self.seed)),
            ("model", self.model),
            ("modelRevision", self.model_revision),
            ("generationId", self.generation_id),
        )
        return tuple((keyword, _NOT_XML.sub("\ufffd", text)) for keyword, text in pairs)


def build_xmp(provenance: Provenance) -> str:
    """The XMP packet: the prompt as dc:description, every pair of `labelled()` in Atelier's own namespace."""
    pairs = [(keyword, _xml_text(text)) for keyword, text in provenance.labelled()]
    properties = "\n".join(f"<atelier:{keyword}>{text}</atelier:{keyword}>" for keyword, text in pairs)
    return _PACKET.format(namespace=NAMESPACE, prompt=dict(pairs)["prompt"], properties=properties)


def _xml_text(text: str) -> str:
    """Escaped element text. A carriage return is escaped too, because XML parsers replace it by a newline."""
    return escape(text, {"\r": "&#13;"})
