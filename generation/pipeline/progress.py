"""The share of each stage in a generation's `percent`. A table of its own: the web process imports no stage."""

from __future__ import annotations

STAGE_SPAN = {
    "prompt": (0, 1),
    "diffusion": (1, 80),
    "face_restore": (80, 85),
    "upscale": (85, 95),
    "encode": (95, 99),
    "upload": (99, 100),
}
"""(begin, end) in percent, rounded: drawing takes most of the time."""
