"""Keys and prefixes: what may name bytes, and what may not."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage import keys

SHA = "ab" * 32


def test_an_asset_key_says_whose_it_is_and_what_it_holds() -> None:
    key = keys.asset_key("wsp_a", "gen_b", 3, SHA, "jpeg")
    assert key == f"assets/wsp_a/gen_b/3-{SHA}.jpg"
    assert keys.content_hash(key) == SHA


def test_an_artifact_key_lies_below_the_prefix_of_its_generation() -> None:
    key = keys.artifact_key("wsp_a", "gen_b", 2, "face_restore", 0, SHA)
    assert key == f"artifacts/wsp_a/gen_b/2.face_restore.0.{SHA}"
    assert key.startswith(keys.artifact_prefix("wsp_a", "gen_b"))
    assert keys.content_hash(key) is None


def test_the_prefix_of_one_generation_never_covers_another() -> None:
    other = keys.artifact_key("wsp_a", "gen_bc", 1, "encode", 0, SHA)
    assert not other.startswith(keys.artifact_prefix("wsp_a", "gen_b"))


BAD = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../x",
    "a/../b",
    "a/..",
    "a//b",
    "a/",
    "./a",
    "a/./b",
    ".hidden",
    "a/.tmp/b",
    "a\\b",
    "a\0b",
    "a\n",
    "a b",
    "A",
    "é",
    "a/%2e%2e/b",
    "~root",
    "a:b",
    "a" * 129,
    "/".join(["a" * 100] * 3),
]


@pytest.mark.parametrize("key", BAD)
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(keys.InvalidKey):
        keys.check_key(key)


@pytest.mark.parametrize("prefix", ["", "/", "a", "a/b", "/a/", "../", "a/../", "a//", "./", ".tmp/", "a\0/"])
def test_what_is_no_prefix_is_refused(prefix: str) -> None:
    with pytest.raises(keys.InvalidKey):
        keys.check_prefix(prefix)


@given(st.text(alphabet=st.sampled_from("ab./_-\\\0 ~%A"), max_size=20) | st.text(max_size=40))
@example("a/...")
def test_no_accepted_key_leaves_the_root_or_hides(text: str) -> None:
    try:
        keys.check_key(text)
    except keys.InvalidKey:
        return
    path = PurePosixPath("/root") / text
    assert path.parts[:2] == ("/", "root")
    assert str(path) == f"/root/{text}"
    assert not any(part.startswith(".") for part in path.parts)
    assert text == text.lower()


@pytest.mark.parametrize(
    ("workspace", "generation", "ordinal", "sha", "format"),
    [
        ("wsp_a/x", "gen_b", 0, SHA, "png"),
        ("..", "gen_b", 0, SHA, "png"),
        ("wsp_a", "", 0, SHA, "png"),
        ("wsp_a", "gen_b", -1, SHA, "png"),
        ("wsp_a", "gen_b", 0, "abc", "png"),
        ("wsp_a", "gen_b", 0, SHA.upper(), "png"),
        ("wsp_a", "gen_b", 0, SHA, "exe"),
    ],
)
def test_a_part_that_does_not_fit_makes_no_key(
    workspace: str, generation: str, ordinal: int, sha: str, format: str
) -> None:
    with pytest.raises(keys.InvalidKey):
        keys.asset_key(workspace, generation, ordinal, sha, format)
