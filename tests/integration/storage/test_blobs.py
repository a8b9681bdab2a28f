"""The contract of Blobs: one suite, both backends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.blobs import BlobConflict, BlobMissing, Blobs
from storage.keys import InvalidKey

PNG = "image/png"
BAD_KEYS = ["../escape", "/etc/passwd", "a/../../b", "a//b", ".tmp/x", "a/", "", "A/b", "a\0b", "a/..%2fb"]


@pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 8000], ids=["empty", "one byte", "2 MB"])
def test_what_is_put_is_got_byte_for_byte(blobs: Blobs, place: str, content: bytes) -> None:
    blobs.put(place + "a/b.png", content, PNG)
    assert blobs.get(place + "a/b.png") == content
    assert blobs.exists(place + "a/b.png")


def test_a_key_that_holds_nothing_is_missing(blobs: Blobs, place: str) -> None:
    blobs.put(place + "dir/file", b"x", PNG)
    for key in (place + "no", place + "dir", place + "dir/file/below", place + "dir/fil"):
        assert not blobs.exists(key)
        with pytest.raises(BlobMissing):
            blobs.get(key)


def test_the_same_bytes_again_are_fine(blobs: Blobs, place: str) -> None:
    for _ in range(3):
        blobs.put(place + "a", b"same", PNG)
    assert blobs.get(place + "a") == b"same"


@pytest.mark.parametrize("other", [b"", b"othe", b"othes", b"same!"])
def test_other_bytes_never_replace_what_is_kept(blobs: Blobs, place: str, other: bytes) -> None:
    blobs.put(place + "a", b"same", PNG)
    with pytest.raises(BlobConflict):
        blobs.put(place + "a", other, PNG)
    assert blobs.get(place + "a") == b"same"


def test_a_deleted_key_is_free_again_and_deleting_twice_is_fine(blobs: Blobs, place: str) -> None:
    blobs.put(place + "a", b"first", PNG)
    blobs.delete(place + "a")
    blobs.delete(place + "a")
    assert not blobs.exists(place + "a")
    blobs.put(place + "a", b"second", PNG)
    assert blobs.get(place + "a") == b"second"


def test_a_prefix_takes_everything_below_it_and_nothing_beside_it(blobs: Blobs, place: str) -> None:
    inside = [f"{place}gen_a/{name}" for name in ("1", "2", "deep/er/3")]
    beside = [f"{place}gen_ab/1", f"{place}gen_a.png"]
    for key in inside + beside:
        blobs.put(key, key.encode(), PNG)
    assert blobs.delete_prefix(f"{place}gen_a/") == 3
    assert [blobs.exists(key) for key in inside] == [False] * 3
    assert [blobs.get(key) for key in beside] == [key.encode() for key in beside]
    assert blobs.delete_prefix(f"{place}gen_a/") == 0


@pytest.mark.parametrize("key", BAD_KEYS)
def test_what_is_no_key_reaches_no_backend(blobs: Blobs, key: str) -> None:
    for call in (
        lambda: blobs.put(key, b"x", PNG),
        lambda: blobs.get(key),
        lambda: blobs.exists(key),
        lambda: blobs.delete(key),
        lambda: blobs.link(key, expires_in=60, filename="a.png", content_type=PNG),
    ):
        with pytest.raises(InvalidKey):
            call()


@pytest.mark.parametrize("prefix", ["", "/", "../", "a", "a/../", "a//"])
def test_what_is_no_prefix_deletes_nothing(blobs: Blobs, prefix: str) -> None:
    with pytest.raises(InvalidKey):
        blobs.delete_prefix(prefix)


@pytest.mark.parametrize(
    ("seconds", "filename", "content_type"),
    [(0, "a.png", PNG), (604_801, "a.png", PNG), (60, 'a".png', PNG), (60, "a.png", "image/png\r\nX: y")],
)
def test_a_link_that_cannot_be_honest_is_not_made(
    blobs: Blobs, place: str, seconds: int, filename: str, content_type: str
) -> None:
    with pytest.raises(ValueError, match=r"."):
        blobs.link(place + "a", expires_in=seconds, filename=filename, content_type=content_type)


def test_threads_share_one_backend(blobs: Blobs, place: str) -> None:
    def story(number: int) -> bool:
        key, content = f"{place}{number % 8}/{number}", bytes([number]) * 10_000
        blobs.put(key, content, PNG)
        same = blobs.get(key) == content
        blobs.delete(key)
        return same and not blobs.exists(key)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(story, range(64)))
