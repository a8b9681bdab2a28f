"""Parsing ATELIER_STORAGE_URL: where blobs are stored. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class InvalidStorageUrl(ValueError):
    """The setting is not the URL of a backend; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class LocalLocation:
    """A directory of this machine, or one that all machines mount at the same path."""

    root: Path


@dataclass(frozen=True, slots=True)
class S3Location:
    """A bucket. `endpoint` None is AWS itself; `public_endpoint` is where clients reach it, when that differs."""

    bucket: str
    endpoint: str | None
    public_endpoint: str | None
    region: str


def parse_location(url: str) -> LocalLocation | S3Location:
    """`file:///absolute/directory` or `s3://bucket?endpoint=URL&region=NAME&public_endpoint=URL`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost") or not parts.path.strip("/"):
            raise InvalidStorageUrl(f"expected file:///absolute/directory, got {url!r}")
        return LocalLocation(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        return _parse_s3(parts.netloc, dict(parse_qsl(parts.query)))
    raise InvalidStorageUrl(f"expected file:///directory or s3://bucket, got a {parts.scheme!r} address")


def _parse_s3(bucket: str, options: dict[str, str]) -> S3Location:
    unknown = options.keys() - {"endpoint", "region", "public_endpoint"}
    if not bucket or "@" in bucket or unknown:
        raise InvalidStorageUrl(
            "expected s3://bucket?endpoint=URL&region=NAME&public_endpoint=URL with the credentials in the "
            f"environment; unknown options: {sorted(unknown)}"
        )
    return S3Location(
        bucket=bucket,
        endpoint=options.get("endpoint"),
        public_endpoint=options.get("public_endpoint"),
        region=options.get("region", "us-east-1"),
    )
