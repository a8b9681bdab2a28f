"""Byte ranges, by the examples of RFC 9110, section 14.1.2 (a file of 10,000 bytes)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.api.ranges import RangeUnsatisfiable, parse_range

SIZE = 10_000


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-499", (0, 499)),
        ("bytes=500-999", (500, 999)),
        ("bytes=-500", (9500, 9999)),
        ("bytes=9500-", (9500, 9999)),
        ("bytes=0-0", (0, 0)),
        ("bytes=0-99999", (0, 9999)),
        ("bytes=-99999", (0, 9999)),
        ("Bytes=5-6", (5, 6)),
    ],
)
def test_one_range(header: str, part: tuple[int, int]) -> None:
    assert parse_range(header, SIZE) == part


@pytest.mark.parametrize(
    "header", ["", "bytes=", "bytes=-", "bytes=5-4", "items=0-1", "bytes=0-1,4-5", "bytes=a-b", "bytes=١-٢"]
)
def test_what_is_no_single_range_means_the_whole_file(header: str) -> None:
    assert parse_range(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10000-10001", "bytes=-0"])
def test_a_range_outside_the_file_names_its_size(header: str) -> None:
    with pytest.raises(RangeUnsatisfiable) as refusal:
        parse_range(header, SIZE)
    assert refusal.value.status == 416
    assert refusal.value.headers["Content-Range"] == "bytes */10000"


@given(st.from_regex(r"\Abytes=[0-9]{0,5}-[0-9]{0,5}\Z"), st.integers(0, 20_000))
def test_a_part_always_lies_inside_the_file(header: str, size: int) -> None:
    try:
        part = parse_range(header, size)
    except RangeUnsatisfiable:
        return
    assert part is None or 0 <= part[0] <= part[1] < size
