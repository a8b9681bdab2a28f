"""The fields of POST /generate as one table: it checks a body and describes it in the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from atelier.core.errors import InvalidRequest
from atelier.core.http.problems import UnknownField, UnsupportedField
from atelier.core.http.rules import Choice, Number, OwnObject, Rule, Schema, Size, Text, Whole, Wrong
from generation.api.hooks import Hook
from generation.pipeline.request import GenerationRequest
from generation.pipeline.spec import FORMATS, GENERATION_TYPES, MAX_SEED, STEPS_BY_QUALITY

NAME = Text(1, 100)


@dataclass(frozen=True, slots=True)
class Field:
    """A member of the body. `attribute` is the request's, "" where the checked value is a dict of several.

    `default` is for the document; `GenerationRequest` has the real ones (a test compares them). A field whose
    default is null takes null as well, so that the `request` of a project can be sent again as it is.
    """

    name: str
    attribute: str
    rule: Rule
    meaning: str
    default: Any = None

    @property
    def schema(self) -> Schema:
        schema = self.rule.schema
        if self.default is not None:
            return schema | {"default": self.default, "description": self.meaning}
        words = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return schema | words | {"type": [schema["type"], "null"], "default": None, "description": self.meaning}


PROMPT = Field("prompt", "prompt", Text(1, 2000, visible=True), "What the pictures shall show.")
OPTIONAL = (
    Field("negativePrompt", "negative_prompt", Text(0, 2000), "What they shall not show.", ""),
    Field("style", "style", NAME, "A style preset of GET /styles."),
    Field(
        "generationType",
        "generation_type",
        Choice(GENERATION_TYPES),
        "Which model serves it; from the style where there is one, else standard.",
    ),
    Field("model", "model", NAME, "A model of GET /models; the type's default where there is none."),
    Field(
        "dimensions",
        "",
        Size(64, 8192),
        "Final size in pixels. The tier sets a largest side; a picture has at most 33.2 megapixels.",
        {"width": 1024, "height": 1024},
    ),
    Field("quality", "quality", Choice(tuple(STEPS_BY_QUALITY)), "20, 35 or 50 denoising steps.", "standard"),
    Field("count", "count", Whole(1, 8), "How many images; image k is drawn from seed + k.", 1),
    Field(
        "seed",
        "seed",
        Whole(0, MAX_SEED),
        "The same request and seed give the same pixels on the same engine. Random where there is none, and "
        "returned in `metadata.seed`.",
    ),
    Field(
        "guidanceScale",
        "guidance_scale",
        Number(0, 30),
        "How closely the prompt is followed; the model's own where there is none.",
    ),
    Field("format", "format", Choice(FORMATS), "File format.", "png"),
    Field(
        "faceCorrection",
        "face_correction",
        Choice(("auto", "off")),
        "Whether faces are looked for and put right.",
        "auto",
    ),
    Field(
        "metadata",
        "metadata",
        OwnObject(2048),
        "Your own object, at most 2,048 bytes as JSON; returned as it is, never interpreted.",
        {},
    ),
    Field(
        "webhook",
        "webhook",
        Hook(),
        "Told of this generation, beside the workspace's endpoints. Without a secret the workspace's default one "
        "signs; without events all of them are sent. The secret is not shown again.",
    ),
    Field(
        "deadlineSeconds",
        "deadline_seconds",
        Whole(10, 600),
        "Not finished by then: expired, and nothing is charged.",
        600,
    ),
)
FIELDS = {field.name: field for field in (PROMPT, *OPTIONAL)}

LATER = ("transparentBackground", "colorGrading", "referenceImage", "strength", "brandProfileId")
"""Documented fields that no stage serves yet."""
LATER_FORMATS = ("svg",)

SCHEMA: Schema = {
    "type": "object",
    "properties": {
        field.name: (field.rule.schema | {"description": field.meaning} if field is PROMPT else field.schema)
        for field in FIELDS.values()
    },
    "required": ["prompt"],
    "additionalProperties": False,
    "description": f"Not served yet, and refused with `unsupported_field`: {', '.join(LATER)}, format `svg`.",
}


def parse_request(body: dict[str, Any]) -> GenerationRequest:
    """The body as a request.

    Raises `UnknownField`, `UnsupportedField`, or `InvalidRequest` with every wrong field; the first that applies.
    """
    _refuse_names(body)
    values: dict[str, Any] = {}
    errors = [] if "prompt" in body else [{"pointer": "/prompt", "message": "It is required."}]
    for name, value in body.items():
        field = FIELDS[name]
        if value is None and field.default is None and field is not PROMPT:
            continue
        try:
            checked = field.rule.check(value)
        except Wrong as wrong:
            errors.append({"pointer": f"/{name}{wrong.pointer}", "message": wrong.message})
            continue
        values |= {field.attribute: checked} if field.attribute else checked
    if errors:
        raise InvalidRequest(_summary(errors), errors=errors)
    return GenerationRequest(**values)


def _refuse_names(body: dict[str, Any]) -> None:
    unknown = [name for name in body if name not in FIELDS and name not in LATER]
    if unknown:
        errors = [{"pointer": f"/{_token(name)}", "message": "There is no such field."} for name in unknown]
        raise UnknownField(_summary(errors), errors=errors)
    later = [f"/{name}" for name in body if name in LATER]
    if body.get("format") in LATER_FORMATS:
        later.append("/format")
    if later:
        errors = [{"pointer": pointer, "message": "It is not served by this version yet."} for pointer in later]
        raise UnsupportedField(_summary(errors), errors=errors)


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _summary(errors: list[dict[str, str]]) -> str:
    first = f"{errors[0]['pointer'][1:101]}: {errors[0]['message']}"
    return first if len(errors) == 1 else f"{first} ({len(errors) - 1} more in `errors`)"


def refuse_members(body: Any) -> None:
    """For operations whose body has no members. Raises `UnknownField`."""
    if body:
        errors = [{"pointer": f"/{_token(name)}", "message": "There is no such field."} for name in body]
        raise UnknownField(_summary(errors), errors=errors)


def describe_request(asked: dict[str, Any]) -> dict[str, Any]:
    """A stored request (the attributes of `GenerationRequest`) as the fields of the wire."""
    described = {field.name: asked.get(field.attribute) for field in FIELDS.values() if field.attribute}
    return described | {"dimensions": {"width": asked["width"], "height": asked["height"]}}
