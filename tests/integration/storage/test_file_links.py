"""GET /files/<token>: the link alone opens the file, and nothing else does. No database is touched."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from storage import services
from storage.backend import get_blobs
from storage.keys import asset_key
from storage.links import CLOCK_SKEW_SECONDS, Claim, derive_key, sign
from storage.local import LocalBlobs

CONTENT = bytes(range(256)) * 1000
SHA = hashlib.sha256(CONTENT).hexdigest()
KEY = asset_key("wsp_a", "gen_b", 0, SHA, "png")
SECRET = "the secret of the link tests"


@pytest.fixture
def blobs(settings: Any, tmp_path: Path) -> LocalBlobs:
    """The configured backend, in a directory of this test."""
    settings.ATELIER_STORAGE_URL = (tmp_path / "files").as_uri()
    settings.ATELIER_PUBLIC_URL = "http://127.0.0.1:8000"
    settings.SECRET_KEY = SECRET
    configured = get_blobs()
    assert isinstance(configured, LocalBlobs)
    configured.put(KEY, CONTENT, "image/png")
    return configured


@pytest.fixture
def path(blobs: LocalBlobs) -> str:
    """The path of an honest link of 60 seconds."""
    url = blobs.link(KEY, expires_in=60, filename="gen_b-1.png", content_type="image/png")
    assert url.startswith("http://127.0.0.1:8000/files/")
    return urlsplit(url).path


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST="127.0.0.1")


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def problem(response: HttpResponseBase, status: int) -> str:
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("application/problem+json")
    return response.json()["code"]


def test_an_honest_link_serves_the_bytes(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert body(response) == CONTENT
    assert int(response.headers["Content-Length"]) == len(CONTENT)


def test_every_answer_is_harmless_in_a_browser_and_private_to_it(client: Client, path: str) -> None:
    for options in ({}, {"HTTP_RANGE": "bytes=0-9"}, {"HTTP_IF_NONE_MATCH": f'"{SHA}"'}):
        headers = client.get(path, **options).headers
        assert headers["Content-Type"] == "image/png"
        assert headers["Content-Disposition"] == 'inline; filename="gen_b-1.png"'
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["ETag"] == f'"{SHA}"'
        assert "Set-Cookie" not in headers
        private, age, immutable = headers["Cache-Control"].split(", ")
        assert (private, immutable) == ("private", "immutable")
        assert 50 <= int(age.removeprefix("max-age=")) <= 60


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ACCEPT": "image/webp"},
        {"HTTP_AUTHORIZATION": "Bearer atl_live_wrong"},
        {"HTTP_COOKIE": "sessionid=x"},
    ],
)
def test_what_a_browser_sends_beside_the_link_does_not_matter(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    assert body(client.get(path, **headers)) == CONTENT


def test_head_tells_the_size_and_sends_nothing(client: Client, path: str) -> None:
    response = client.head(path)
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert response.content == b""


def test_a_copy_that_is_still_good_is_not_sent_again(client: Client, path: str) -> None:
    assert client.get(path, HTTP_IF_NONE_MATCH=f'"{SHA}"').status_code == 304
    assert client.get(path, HTTP_IF_NONE_MATCH='"other"').status_code == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=100-", 100, 255_999), ("bytes=-5", 255_995, 255_999)],
)
def test_a_part_is_served(client: Client, path: str, asked: str, first: int, last: int) -> None:
    response = client.get(path, HTTP_RANGE=asked)
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{len(CONTENT)}"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert body(response) == CONTENT[first : last + 1]


def test_a_part_of_another_version_is_answered_with_the_whole(client: Client, path: str) -> None:
    assert client.get(path, HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"other"').status_code == 200
    assert client.get(path, HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE=f'"{SHA}"').status_code == 206


def test_a_part_outside_the_file_is_refused_with_its_size(client: Client, path: str) -> None:
    response = client.get(path, HTTP_RANGE="bytes=256000-")
    assert problem(response, 416) == "range_unsatisfiable"
    assert response.headers["Content-Range"] == "bytes */256000"


def test_a_link_with_any_character_changed_is_refused(client: Client, path: str) -> None:
    token = path.removeprefix("/files/")
    for position in range(0, len(token), 7):
        changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        assert problem(client.get(f"/files/{changed}"), 403) == "link_invalid"


@pytest.mark.parametrize("tail", ["?x=1", "/", "/x", ".png", "%00", "%20"])
def test_a_link_with_something_behind_it_is_refused(client: Client, path: str, tail: str) -> None:
    assert problem(client.get(path + tail), 403) == "link_invalid"


@pytest.mark.parametrize("token", ["x", "../../etc/passwd", "a.b/c", "%2e%2e/%2e%2e", KEY])
def test_what_nobody_signed_is_refused(client: Client, blobs: LocalBlobs, token: str) -> None:
    assert problem(client.get(f"/files/{token}"), 403) == "link_invalid"


def test_an_expired_link_says_so(client: Client, blobs: LocalBlobs) -> None:
    past = int(time.time()) - CLOCK_SKEW_SECONDS - 2
    token = sign(Claim("GET", KEY, past, "a.png", "image/png"), derive_key(SECRET))
    assert problem(client.get(f"/files/{token}"), 403) == "link_expired"


def test_a_link_of_another_installation_is_refused(client: Client, blobs: LocalBlobs) -> None:
    claim = Claim("GET", KEY, int(time.time()) + 60, "a.png", "image/png")
    assert problem(client.get(f"/files/{sign(claim, derive_key('theirs'))}"), 403) == "link_invalid"


def test_a_file_that_was_erased_is_missing(client: Client, blobs: LocalBlobs, path: str) -> None:
    blobs.delete(KEY)
    assert problem(client.get(path), 404) == "file_not_found"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_link_is_for_reading_only(client: Client, blobs: LocalBlobs, path: str, method: str) -> None:
    assert problem(getattr(client, method)(path), 405)
    assert blobs.exists(KEY)


def test_links_made_before_a_change_of_the_secret_still_open(
    client: Client, blobs: LocalBlobs, path: str, settings: Any
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next one", [SECRET]
    settings.ATELIER_STORAGE_URL += "/"  # another address of the same place, so that it is opened anew
    assert body(client.get(path)) == CONTENT


def test_the_path_leads_nowhere_where_the_bytes_are_in_s3(client: Client, path: str, settings: Any) -> None:
    settings.ATELIER_STORAGE_URL = "s3://pictures?endpoint=http://127.0.0.1:9"
    assert problem(client.get(path), 404) == "not_found"


@pytest.fixture
def no_leak() -> Iterator[None]:
    """As many open files after the test as before."""
    before = len(os.listdir("/proc/self/fd"))
    yield
    assert len(os.listdir("/proc/self/fd")) <= before


def test_no_answer_leaves_a_file_open(client: Client, path: str, no_leak: None) -> None:
    for options in (
        {},
        {"HTTP_RANGE": "bytes=0-9"},
        {"HTTP_RANGE": "bytes=256000-"},
        {"HTTP_IF_NONE_MATCH": f'"{SHA}"'},
    ):
        response = client.get(path, **options)
        body(response)
        response.close()
    client.head(path).close()


def test_links_are_made_for_what_storage_knows(blobs: LocalBlobs, path: str) -> None:
    file = services.open_link(path.removeprefix("/files/"))
    with file.stream:
        assert (file.claim.key, file.sha256, file.stream.read()) == (KEY, SHA, CONTENT)
