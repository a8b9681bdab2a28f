"""The body of POST /generate (spec/api.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from atelier.core.http.bodies import Body, Part
from atelier.core.http.values import WHOLE, OneOf, Visible
from generation.kinds.submission import SubmissionBody
from generation.pipeline.spec import FORMATS, GENERATION_TYPES, MAX_SEED, STEPS_BY_QUALITY

LATER_FIELDS = ("transparentBackground", "colorGrading", "referenceImage", "strength", "brandProfileId")
"""Documented members that no stage implements yet."""
LATER_FORMATS = ("svg",)

Side = Annotated[int, Field(ge=64, le=8192), WHOLE]


class Dimensions(Part):
    """Final size in pixels. The tier sets a largest side; a picture has at most 33.2 megapixels."""

    SHAPE = "It must be an object with exactly width and height."

    width: Side
    height: Side


class PictureFields(Body):
    """What is drawn, and how."""

    prompt: Annotated[str, Field(min_length=1, max_length=2000, description="What the pictures shall show."), Visible()]
    negative_prompt: Annotated[str, Field(max_length=2000, description="What they shall not show.")] = ""
    style: Annotated[
        Annotated[str, Field(min_length=1, max_length=100)] | None, Field(description="A style preset of GET /styles.")
    ] = None
    generation_type: Annotated[
        Annotated[str, OneOf(GENERATION_TYPES)] | None,
        Field(description="Which model serves it; from the style where there is one, else standard."),
    ] = None
    model: Annotated[
        Annotated[str, Field(min_length=1, max_length=100)] | None,
        Field(description="A model of GET /models; the type's default where there is none."),
    ] = None
    quality: Annotated[str, OneOf(tuple(STEPS_BY_QUALITY)), Field(description="20, 35 or 50 denoising steps.")] = (
        "standard"
    )
    count: Annotated[int, Field(ge=1, le=8, description="How many images; image k is drawn from seed + k."), WHOLE] = 1
    seed: Annotated[
        Annotated[int, Field(ge=0, le=MAX_SEED), WHOLE] | None,
        Field(
            description=(
                "The same request and seed give the same pixels on the same engine. Random where there is none, and "
                "returned in `metadata.seed`."
            )
        ),
    ] = None
    guidance_scale: Annotated[
        Annotated[float, Field(ge=0, le=30)] | None,
        Field(description="How closely the prompt is followed; the model's own where there is none."),
    ] = None
    format: Annotated[str, OneOf(FORMATS, later=LATER_FORMATS), Field(description="File format.")] = "png"
    face_correction: Annotated[
        str, OneOf(("auto", "off")), Field(description="Whether faces are looked for and put right.")
    ] = "auto"


class GenerationRequest(SubmissionBody, PictureFields):
    __doc__ = f"Not served yet, and refused with `unsupported_field`: {', '.join(LATER_FIELDS)}, format `svg`."

    UNSERVED = LATER_FIELDS
    KNOWN_AS = {
        **dict.fromkeys(("size", "width", "height", "resolution", "imagesize", "aspectratio"), "dimensions"),
        **dict.fromkeys(("n", "num", "numimages", "samples", "batchsize", "numberofimages"), "count"),
        **dict.fromkeys(("cfg", "cfgscale", "guidance"), "guidanceScale"),
        **dict.fromkeys(("steps", "numinferencesteps", "inferencesteps"), "quality"),
        **dict.fromkeys(("text", "textprompts", "description"), "prompt"),
        **dict.fromkeys(("outputformat", "responseformat", "mimetype"), "format"),
        **dict.fromkeys(("stylepreset", "preset"), "style"),
        **dict.fromkeys(("callback", "callbackurl", "webhookurl", "hook"), "webhook"),
        **dict.fromkeys(("timeout", "timeoutseconds", "deadline"), "deadlineSeconds"),
        **dict.fromkeys(("engine", "checkpoint", "modelid"), "model"),
        **dict.fromkeys(("user", "tags", "extra"), "metadata"),
    }

    dimensions: Annotated[Dimensions, Field(description="1024 x 1024 where there are none.")] = Dimensions(
        width=1024, height=1024
    )


_OLD_NAMES = {
    "negative_prompt": "negativePrompt",
    "generation_type": "generationType",
    "guidance_scale": "guidanceScale",
    "face_correction": "faceCorrection",
    "deadline_seconds": "deadlineSeconds",
}
"""Member names stored before there were kinds, and their wire names."""


def upgrade(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """The stored request of any release by wire names: before kinds it had Python's names, and width and height."""
    if "width" not in stored:
        return stored
    members = {_OLD_NAMES.get(name, name): value for name, value in stored.items() if name not in ("width", "height")}
    return members | {"dimensions": {"width": stored["width"], "height": stored["height"]}}
