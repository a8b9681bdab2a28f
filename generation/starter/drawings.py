"""The openly licensed drawings: fetched from the package registry, rendered to small pictures."""

from __future__ import annotations

import json
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from generation.starter.concepts import Concept, plain_code

RENDERED_SIDE = 128
WEBP_FOLDER = "assets"
NPM = ("npm",)


def fetch(package: str, folder: Path) -> Path:
    """The unpacked npm `package` ("name@version") under `folder`. Raises `CalledProcessError` when npm fails."""
    target = folder / package.replace("/", "-").strip("@")
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        command = [*NPM, "pack", "--silent", package]
        archive = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(folder / archive) as opened:
            opened.extractall(target, filter="data")
    return target / "package"


class Drawings:
    """The drawings of one package: SVG bodies of an Iconify set, or WebP files."""

    def __init__(self, package: Path) -> None:
        self._package = package
        self._icons: dict[str, str] = {}
        self._size = (0, 0)
        if (package / "chars.json").is_file():
            self._read_icons()
        else:
            self._icons = {plain_code(file.stem): file.name for file in (package / WEBP_FOLDER).glob("*.webp")}

    @property
    def codes(self) -> set[str]:
        """Code points; for a package without code points, names with hyphens."""
        return set(self._icons)

    def has(self, concept: Concept) -> bool:
        return self._key(concept) in self._icons

    def render(self, concept: Concept, side: int) -> np.ndarray:
        """(side, side, 4) uint8, colours premultiplied by alpha."""
        picture = self._open(self._key(concept)).convert("RGBA")
        pixels = np.asarray(picture, dtype=np.float32)
        pixels[..., :3] *= pixels[..., 3:] / 255
        premultiplied = [Image.fromarray(pixels[..., channel]) for channel in range(4)]
        small = [np.asarray(channel.resize((side, side), Image.Resampling.BOX)) for channel in premultiplied]
        return np.rint(np.stack(small, axis=-1)).clip(0, 255).astype(np.uint8)

    def _key(self, concept: Concept) -> str:
        return concept.code if concept.code in self._icons else concept.label.replace(" ", "-")

    def _open(self, code: str) -> Image.Image:
        if not self._size[0]:
            return Image.open(self._package / WEBP_FOLDER / self._icons[code])
        import resvg_py

        width, height = self._size
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{self._icons[code]}</svg>'
        png = resvg_py.svg_to_bytes(svg_string=svg, width=2 * RENDERED_SIDE, height=2 * RENDERED_SIDE)
        return Image.open(BytesIO(bytes(png)))

    def _read_icons(self) -> None:
        named = json.loads((self._package / "icons.json").read_text("utf-8"))
        self._size = (named.get("width", 16), named.get("height", 16))
        bodies = named["icons"]
        codes = json.loads((self._package / "chars.json").read_text("utf-8")) or {name: name for name in bodies}
        self._icons = {plain_code(code): bodies[name]["body"] for code, name in codes.items() if name in bodies}
