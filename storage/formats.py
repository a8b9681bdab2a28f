"""The image formats that are stored: their file extension and their content type."""

from __future__ import annotations

EXTENSIONS = {"png": "png", "jpeg": "jpg", "webp": "webp"}
CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
"""The registered names of https://www.iana.org/assignments/media-types."""


def file_name(source_id: str, ordinal: int, format: str) -> str:
    """The file name for downloading image `ordinal` (0-based): `gen_abc-1.png` for the first one."""
    return f"{source_id}-{ordinal + 1}.{EXTENSIONS[format]}"
