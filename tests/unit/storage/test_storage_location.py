"""ATELIER_STORAGE_URL: what it may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.location import InvalidStorageUrl, LocalLocation, S3Location, parse_location


def test_a_directory() -> None:
    assert parse_location("file:///var/lib/atelier") == LocalLocation(Path("/var/lib/atelier"))
    assert parse_location(Path("/a b/ü").as_uri()) == LocalLocation(Path("/a b/ü"))


def test_a_bucket_of_a_server_of_ones_own() -> None:
    url = "s3://pictures?endpoint=http://127.0.0.1:8333&region=eu-1&public_endpoint=https://s3.example.org"
    assert parse_location(url) == S3Location("pictures", "http://127.0.0.1:8333", "https://s3.example.org", "eu-1")


def test_a_bucket_of_aws_needs_a_name_only() -> None:
    assert parse_location("s3://pictures") == S3Location("pictures", None, None, "us-east-1")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pictures",
        "/var/lib",
        "file://",
        "file:///",
        "file://host/dir",
        "http://x/y",
        "s3://",
        "s3:///key",
        "s3://user:word@bucket",
        "s3://bucket?endpiont=http://x",
    ],
)
def test_anything_else_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(InvalidStorageUrl, match="expected"):
        parse_location(url)


def test_the_refusal_does_not_repeat_a_password() -> None:
    with pytest.raises(InvalidStorageUrl) as refusal:
        parse_location("s3://user:hunter2@bucket")
    assert "hunter2" not in str(refusal.value)
