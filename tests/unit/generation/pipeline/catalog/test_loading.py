"""The catalogue says what is on offer, and refuses files that do not make sense."""

from __future__ import annotations

from pathlib import Path

import pytest

import generation
from generation.pipeline.catalog import (
    Catalog,
    CatalogInvalid,
    UnknownModel,
    UnknownStyle,
    load_catalog,
)
from generation.pipeline.engines import ROLES
from generation.pipeline.spec import GENERATION_TYPES

SHIPPED = Path(generation.__file__).parent
UPSCALER = """
[upscaler]
name = "upscaler"
title = "Upscaler"
licence = "MIT"
adapter = "somewhere:load"
"""
MODEL = {
    "name": '"one"',
    "title": '"One"',
    "licence": '"MIT"',
    "adapter": '"somewhere:load"',
    "folder": '"one"',
    "revision": '"1"',
    "serves": '["standard", "photorealistic", "illustration", "book-cover"]',
    "default_for": '["standard", "photorealistic", "illustration", "book-cover"]',
    "native_side": "512",
}


def load(folder: Path, *models: dict[str, str], styles: str = "", tools: str = "") -> Catalog:
    rows = ["[[model]]\n" + "\n".join(f"{key} = {value}" for key, value in row.items()) for row in models]
    (folder / "models.toml").write_text("\n".join([*rows, tools]))
    (folder / "styles.toml").write_text(styles)
    return load_catalog(folder / "models.toml", folder / "styles.toml")


def test_the_shipped_catalogue_serves_every_generation_type() -> None:
    catalog = load_catalog(SHIPPED / "models.toml", SHIPPED / "styles.toml")
    assert {catalog.default_for(kind).name for kind in GENERATION_TYPES} == {"starter"}
    wanted = {"photorealistic", "illustration", "digital-art", "vector-art"}
    wanted |= {"watercolor", "line-art", "3d-render", "pixel-art"}
    assert wanted <= {style.name for style in catalog.styles}
    assert all(style.prompt_suffix for style in catalog.styles)


def test_the_commented_examples_of_the_shipped_catalogue_are_valid(tmp_path: Path) -> None:
    lines = (SHIPPED / "models.toml").read_text().splitlines()
    keys = ("# [[model]]", "# name", "# title", "# licence", "# adapter", "# hub_id", "# folder", "# revision")
    keys += ("# serves", "# default_for", "# native_side", "# min_native", "# max_native", "# multiple")
    keys += ("# default_guidance", "# seconds_per_step")
    body = [line.removeprefix("# ") if line.startswith(keys) and "  " not in line else line for line in lines]
    (tmp_path / "models.toml").write_text("\n".join(body))
    catalog = load_catalog(tmp_path / "models.toml", SHIPPED / "styles.toml")
    assert [entry.name for entry in catalog.models] == ["starter", "sdxl", "house-style"]
    assert catalog.model("sdxl").source == "stabilityai/stable-diffusion-xl-base-1.0"


def test_unknown_names_are_answered_with_the_known_ones(tmp_path: Path) -> None:
    style = '[[style]]\nname = "ink"\ntitle = "Ink"\nprompt_suffix = "in ink"\n'
    catalog = load(tmp_path, MODEL, styles=style)
    with pytest.raises(UnknownModel, match="'two'.*one"):
        catalog.model("two")
    with pytest.raises(UnknownStyle, match="'oil'.*ink"):
        catalog.style("oil")
    with pytest.raises(UnknownModel, match="sculpture"):
        catalog.default_for("sculpture")
    assert catalog.style("ink").generation_type == "standard"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"default_for": '["standard"]'}, "photorealistic.*exactly one default"),
        ({"serves": '["standard"]'}, "default_for must be part of serves"),
        ({"serves": '["sculpture"]', "default_for": "[]"}, "unknown generation type"),
        ({"hub_id": '"a/b"'}, "either folder or hub_id"),
        ({"folder": '""'}, "either folder or hub_id"),
        ({"folder": '""', "hub_id": '"a/b"', "revision": '"main"'}, "40-digit commit"),
        ({"folder": '""', "hub_id": '"b"', "revision": f'"{"0" * 40}"'}, "owner/name"),
        ({"native_side": "8"}, "native_side"),
        ({"native_side": '"512"'}, "native_side must be int"),
        ({"native_side": "true"}, "native_side must be int"),
        ({"max_native_side": "256"}, "max_native_side"),
        ({"min_native_side": "1024"}, "min_native_side"),
        ({"multiple": "0"}, "multiple"),
        ({"adapter": '"somewhere"'}, "module:function"),
        ({"name": '"Two Words"'}, "malformed"),
        ({"colour": '"red"'}, "unknown key 'colour'"),
    ],
)
def test_a_model_that_breaks_a_rule_is_refused(tmp_path: Path, change: dict[str, str], complaint: str) -> None:
    with pytest.raises(CatalogInvalid, match=complaint):
        load(tmp_path, MODEL | change)


def test_a_second_default_a_second_name_and_a_missing_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogInvalid, match="exactly one default"):
        load(tmp_path, MODEL, MODEL | {"name": '"two"'})
    with pytest.raises(CatalogInvalid, match="used twice"):
        load(tmp_path, MODEL, MODEL)
    with pytest.raises(CatalogInvalid, match="revision"):
        load(tmp_path, {key: value for key, value in MODEL.items() if key != "revision"})


def test_an_own_catalogue_is_laid_over_the_shipped_one(tmp_path: Path) -> None:
    """[[model]]s replace the list, a role replaces its entry; what is not named stays as it ships."""
    shipped = load_catalog(SHIPPED / "models.toml", SHIPPED / "styles.toml")
    assert set(shipped.tools) == {role.name for role in ROLES}
    own = load(tmp_path, MODEL)
    assert ([entry.name for entry in own.models], own.tools) == (["one"], shipped.tools)
    own = load(tmp_path, tools=UPSCALER)
    assert own.models == shipped.models
    assert (own.tools["face_finder"], own.tools["upscaler"].title) == (shipped.tools["face_finder"], "Upscaler")
    own = load(tmp_path)
    assert (own.models, own.tools) == (shipped.models, shipped.tools)


@pytest.mark.parametrize(
    ("tools", "complaint"),
    [
        (UPSCALER.replace("upscaler]", "upscalr]"), r"models\.toml: there is no role 'upscalr'.*face_finder, upscaler"),
        (UPSCALER.replace("somewhere:load", "somewhere"), "upscaler: adapter must be module:function"),
        (UPSCALER.replace("title", "heading"), "unknown key 'heading'"),
        ('[upscaler]\nname = "one"', "ToolEntry|title"),
        ('upscaler = "one"', "must be a table"),
        ('[[upscaler]]\nname = "one"', "must be a table"),
    ],
)
def test_a_tool_that_breaks_a_rule_is_refused(tmp_path: Path, tools: str, complaint: str) -> None:
    with pytest.raises(CatalogInvalid, match=complaint):
        load(tmp_path, tools=tools)


def test_models_that_are_no_list_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogInvalid, match="must be a table"):
        load(tmp_path, tools='[model]\nname = "one"')


def test_a_release_without_an_entry_for_a_role_is_refused(tmp_path: Path) -> None:
    load(tmp_path, MODEL, tools=UPSCALER)
    own, styles = tmp_path / "models.toml", SHIPPED / "styles.toml"
    with pytest.raises(CatalogInvalid, match="the role 'face_finder' has no entry"):
        load_catalog(own, styles, shipped_path=own)


def test_a_file_that_is_not_toml_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CatalogInvalid, match=r"styles\.toml"):
        load(tmp_path, MODEL, styles="[[style")
    with pytest.raises(CatalogInvalid, match="unknown type"):
        styles = '[[style]]\nname = "ink"\ntitle = "Ink"\nprompt_suffix = "x"\ngeneration_type = "y"\n'
        load(tmp_path, MODEL, styles=styles)
