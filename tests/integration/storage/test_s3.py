"""S3 on its bad days, and its links in other hands."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from storage import s3
from storage.blobs import BlobConflict, BlobMissing, StorageUnavailable
from storage.s3 import S3Blobs
from tests.integration.storage.scripted_server import Answer, scripted

PNG = "image/png"
BUSY = Answer(503, "SlowDown")
LOST = Answer(0)
MD5_OF_X = "9dd4e461268c8034f5c8564e155c67a6"
TAKEN = Answer(412, "PreconditionFailed")


def reach(url: str, **other: Any) -> S3Blobs:
    arguments = {
        "bucket": "pictures",
        "region": "us-east-1",
        "access_key": "k",
        "secret_key": "s",
        "endpoint": url,
    }
    return S3Blobs(**arguments | other)


def fetch(url: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


@pytest.mark.parametrize("answer", [Answer(500, "InternalError"), Answer(502), Answer(429), LOST])
def test_a_server_that_cannot_is_unavailable_after_three_tries(answer: Answer) -> None:
    with scripted([answer]) as server:
        with pytest.raises(StorageUnavailable) as refusal:
            reach(server.url).get("a")
        assert server.asked == ["GET"] * s3.ATTEMPTS
        assert "127.0.0.1" not in refusal.value.detail


@pytest.mark.parametrize(
    "call",
    [
        lambda blobs: blobs.put("a", b"x", PNG),
        lambda blobs: blobs.get("a"),
        lambda blobs: blobs.exists("a"),
        lambda blobs: blobs.delete("a"),
        lambda blobs: blobs.delete_prefix("a/"),
    ],
    ids=["put", "get", "exists", "delete", "delete_prefix"],
)
def test_every_call_is_unavailable_while_the_server_says_503(call: Callable[[S3Blobs], object]) -> None:
    with scripted([BUSY]) as server, pytest.raises(StorageUnavailable, match=r"SlowDown|503"):
        call(reach(server.url))


def test_a_short_illness_is_not_noticed() -> None:
    with scripted([BUSY, LOST, Answer(200, etag=MD5_OF_X)]) as server:
        reach(server.url).put("a", b"x", PNG)
        assert server.asked == ["PUT"] * 3


@pytest.mark.parametrize(
    "found", [Answer(404), Answer(200, length=7)], ids=["nothing is there", "something else is there"]
)
@pytest.mark.parametrize("etag", ["", "0" * 32], ids=["no tag", "a tag that is not the content's"])
def test_a_server_that_says_yes_and_stores_nothing_is_found_out(etag: str, found: Answer) -> None:
    with scripted([Answer(200, etag=etag), found]) as server:
        with pytest.raises(StorageUnavailable, match="said that it had stored"):
            reach(server.url).put("a", b"x", PNG)
        assert server.asked == ["PUT", "HEAD"]


def test_an_answer_without_a_tag_is_believed_once_the_server_has_shown_the_file() -> None:
    with scripted([Answer(200), Answer(200, length=1)]) as server:
        reach(server.url).put("a", b"x", PNG)
        assert server.asked == ["PUT", "HEAD"]


def test_a_put_whose_answer_was_lost_succeeds_when_its_own_bytes_are_there() -> None:
    with scripted([LOST, TAKEN, Answer(200, body=b"mine")]) as server:
        reach(server.url).put("a", b"mine", PNG)
        assert server.asked == ["PUT", "PUT", "GET"]


def test_a_put_whose_answer_was_lost_conflicts_when_other_bytes_are_there() -> None:
    with scripted([LOST, TAKEN, Answer(200, body=b"theirs")]) as server, pytest.raises(BlobConflict):
        reach(server.url).put("a", b"mine", PNG)


def test_a_rival_that_has_not_finished_is_worth_another_try() -> None:
    rival = Answer(409, "ConditionalRequestConflict")
    with (
        scripted([rival, Answer(404, "NoSuchKey")]) as server,
        pytest.raises(StorageUnavailable, match="Another"),
    ):
        reach(server.url).put("a", b"mine", PNG)


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: refuses
        with pytest.raises(StorageUnavailable):
            reach(f"http://127.0.0.1:{taken.getsockname()[1]}").get("a")


def test_a_server_that_says_nothing_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "READ_SECONDS", 0.2)
    with scripted([Answer(200, pause=1.0)]) as server:
        blobs, started = reach(server.url), time.monotonic()
        with pytest.raises(StorageUnavailable):
            blobs.get("a")
        assert server.asked == ["GET"] * s3.ATTEMPTS
        assert time.monotonic() - started < 30


def test_the_worst_case_stays_under_a_lease() -> None:
    assert (s3.CONNECT_SECONDS + s3.READ_SECONDS) * s3.ATTEMPTS < 60


@pytest.mark.parametrize("other", [{"secret_key": "wrong"}, {"access_key": "nobody"}])
def test_wrong_credentials_are_unavailable_not_empty(
    s3_arguments: dict[str, Any], place: str, other: dict[str, str]
) -> None:
    """An operator's mistake must not look like a missing picture."""
    blobs, key = S3Blobs(**s3_arguments | other), place + "a"
    for call in (lambda: blobs.put(key, b"x", PNG), lambda: blobs.get(key), lambda: blobs.exists(key)):
        with pytest.raises(StorageUnavailable):
            call()


def test_a_bucket_that_does_not_exist_is_unavailable_not_empty(s3_arguments: dict[str, Any]) -> None:
    with pytest.raises(StorageUnavailable, match="NoSuchBucket"):
        S3Blobs(**s3_arguments | {"bucket": "never-made"}).get("a")


def test_making_the_bucket_twice_is_fine(s3_blobs: S3Blobs) -> None:
    s3_blobs.create_bucket()
    s3_blobs.create_bucket()


def test_a_prefix_of_more_keys_than_one_page_goes_at_once(s3_blobs: S3Blobs, place: str) -> None:
    asked: list[str] = []

    def five_a_page(params: dict[str, Any], **_: object) -> None:
        params["MaxKeys"] = 5
        asked.append(params["Prefix"])

    for number in range(12):
        s3_blobs.put(f"{place}many/{number}", b"x", PNG)
    events = s3_blobs._client.meta.events
    events.register("before-parameter-build.s3.ListObjectsV2", five_a_page)
    try:
        assert s3_blobs.delete_prefix(f"{place}many/") == 12
    finally:
        events.unregister("before-parameter-build.s3.ListObjectsV2", five_a_page)
    assert len(asked) >= 3
    assert not s3_blobs.exists(f"{place}many/0")


def test_a_link_serves_the_bytes_under_its_name_and_type(s3_blobs: S3Blobs, place: str) -> None:
    s3_blobs.put(place + "a", b"picture", "application/octet-stream")
    url = s3_blobs.link(place + "a", expires_in=60, filename="gen_b-1.png", content_type=PNG)
    status, headers, body = fetch(url)
    assert (status, body) == (200, b"picture")
    assert headers["Content-Type"] == PNG
    assert headers["Content-Disposition"] == 'inline; filename="gen_b-1.png"'
    assert headers["Cache-Control"].startswith("private")


def test_a_link_to_nothing_is_missing(s3_blobs: S3Blobs, place: str) -> None:
    assert fetch(s3_blobs.link(place + "no", expires_in=60, filename="a.png", content_type=PNG))[0] == 404


def test_a_link_opens_one_object_by_one_method(s3_blobs: S3Blobs, place: str) -> None:
    for name in ("one", "two"):
        s3_blobs.put(place + name, name.encode(), PNG)
    url = s3_blobs.link(place + "one", expires_in=60, filename="a.png", content_type=PNG)
    assert fetch(url.replace(place + "one", place + "two"))[0] == 403
    assert fetch(url, "PUT")[0] == 403
    assert fetch(url, "DELETE")[0] == 403
    assert fetch(url.split("?")[0])[0] == 403
    assert s3_blobs.get(place + "one") == b"one"


def test_every_changed_parameter_of_a_link_is_refused(s3_blobs: S3Blobs, place: str) -> None:
    s3_blobs.put(place + "a", b"picture", PNG)
    parts = urlsplit(s3_blobs.link(place + "a", expires_in=60, filename="a.png", content_type=PNG))
    parameters = parse_qsl(parts.query)
    assert fetch(urlunsplit(parts))[0] == 200
    for position, (name, value) in enumerate(parameters):
        changed = value[:-1] + ("0" if value[-1] != "0" else "1")
        query = [*parameters[:position], (name, changed), *parameters[position + 1 :]]
        status = fetch(urlunsplit(parts._replace(query=urlencode(query))))[0]
        assert status in (400, 403), (name, status)


def test_a_link_of_a_window_is_the_same_url_whenever_it_is_made(s3_blobs: S3Blobs, place: str) -> None:
    s3_blobs.put(place + "a", b"picture", PNG)
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=30)

    def link() -> str:
        return s3_blobs.link(place + "a", since=since, expires_in=60, filename="a.png", content_type=PNG)

    first = link()
    time.sleep(1.1)
    assert link() == first
    assert fetch(first)[0] == 200
    over = s3_blobs.link(place + "a", since=since, expires_in=29, filename="a.png", content_type=PNG)
    assert fetch(over)[0] == 403


def test_an_expired_link_is_refused(s3_blobs: S3Blobs, place: str) -> None:
    s3_blobs.put(place + "a", b"picture", PNG)
    url = s3_blobs.link(place + "a", expires_in=1, filename="a.png", content_type=PNG)
    time.sleep(2.1)
    assert fetch(url)[0] == 403


def test_a_link_leads_clients_to_the_public_address() -> None:
    blobs = reach("http://10.0.0.1:8333", public_endpoint="https://s3.example.org")
    url = blobs.link("a/b", expires_in=60, filename="a.png", content_type=PNG)
    assert url.startswith("https://s3.example.org/pictures/a/b?")


def test_a_missing_object_is_missing(s3_blobs: S3Blobs, place: str) -> None:
    with pytest.raises(BlobMissing):
        s3_blobs.get(place + "no")
