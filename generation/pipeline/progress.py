"""Which part of a generation's `percent` each stage is. A table of its own: the web process loads no stage."""

from __future__ import annotations

STAGE_SPAN = {
    "prompt": (0, 1),
    "diffusion": (1, 80),
    "face_restore": (80, 85),
    "upscale": (85, 95),
    "encode": (95, 99),
    "upload": (99, 100),
}
"""From and to, in percent. Round figures: the drawing takes most of the time."""
