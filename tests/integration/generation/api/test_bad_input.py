"""Bad input gets a problem that names what is wrong; nothing is stored, nothing is charged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from atelier.accounts.models import ApiKey
from atelier.accounts.services import revoke_api_key
from atelier.audit.models import AuditEntry
from billing.selectors import get_balance
from generation.catalog import get_catalog
from generation.models import Generation, GenerationEvent, IdempotencyRecord, Worker
from generation.services import admission
from tests.integration.generation.api.caller import SMALL, Caller, code
from tests.support.stories import open_workspace, start_worker

UNKNOWN = "gen_aaaaaaaaaaaaaaaaaaaa"


@pytest.fixture(autouse=True)
def untouched(api: Caller) -> Iterator[None]:
    """Whatever a test of this file sends, the workspace is as it was."""
    before = AuditEntry.objects.count()
    yield
    assert get_balance(api.workspace.id).held == 0
    assert get_balance(api.workspace.id).available == 1000
    assert AuditEntry.objects.count() == before
    for kind in (Generation, GenerationEvent, IdempotencyRecord):
        assert not kind.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/prompt"),
        ({"prompt": ""}, "/prompt"),
        ({"prompt": " \t\u200b\u00a0"}, "/prompt"),
        ({"prompt": "x" * 2001}, "/prompt"),
        ({"prompt": None}, "/prompt"),
        ({"prompt": ["a"]}, "/prompt"),
        ({"negativePrompt": "x" * 2001}, "/negativePrompt"),
        ({"negativePrompt": None}, "/negativePrompt"),
        ({"dimensions": {"width": 63, "height": 64}}, "/dimensions/width"),
        ({"dimensions": {"width": 64, "height": 8193}}, "/dimensions/height"),
        ({"dimensions": {"width": 64.5, "height": 64}}, "/dimensions/width"),
        ({"dimensions": {"width": "64", "height": 64}}, "/dimensions/width"),
        ({"dimensions": {"width": 64}}, "/dimensions"),
        ({"dimensions": {"width": 64, "height": 64, "depth": 1}}, "/dimensions"),
        ({"dimensions": "64x64"}, "/dimensions"),
        ({"count": 0}, "/count"),
        ({"count": 9}, "/count"),
        ({"count": True}, "/count"),
        ({"count": 10**400}, "/count"),
        ({"seed": -1}, "/seed"),
        ({"seed": 2**32}, "/seed"),
        ({"guidanceScale": 31}, "/guidanceScale"),
        ({"guidanceScale": "7"}, "/guidanceScale"),
        ({"quality": "best"}, "/quality"),
        ({"format": "gif"}, "/format"),
        ({"format": ["png"]}, "/format"),
        ({"generationType": "movie"}, "/generationType"),
        ({"faceCorrection": True}, "/faceCorrection"),
        ({"metadata": []}, "/metadata"),
        ({"metadata": {"a": "x" * 2048}}, "/metadata"),
        ({"metadata": {"a": "\u2603" * 700}}, "/metadata"),
        ({"deadlineSeconds": 9}, "/deadlineSeconds"),
        ({"deadlineSeconds": 601}, "/deadlineSeconds"),
        ({"style": ""}, "/style"),
        ({"model": 5}, "/model"),
    ],
)
def test_a_wrong_value_is_named(api: Caller, body: dict[str, Any], pointer: str) -> None:
    answer = api.post({**({} if not body or "prompt" in body else SMALL), **body}) if body else api.post({})
    assert code(answer, 400) == "invalid_request"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_all_wrong_values_are_named_at_once(api: Caller) -> None:
    answer = api.post({"count": 0, "quality": 1, "dimensions": {}})
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/prompt", "/count", "/quality", "/dimensions"}


@pytest.mark.parametrize("name", ["promt", "n", "Prompt", "a/b~c", ""])
def test_an_unknown_field_is_named(api: Caller, name: str) -> None:
    answer = api.post(SMALL | {name: 1})
    assert code(answer, 400) == "unknown_field"
    assert answer.json()["errors"][0]["pointer"] == "/" + name.replace("~", "~0").replace("/", "~1")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("transparentBackground", True),
        ("colorGrading", "noir"),
        ("referenceImage", "img_x"),
        ("strength", 0.5),
        ("brandProfileId", "brd_x"),
        ("format", "svg"),
    ],
)
def test_a_documented_field_that_is_not_served_yet_is_named(api: Caller, field: str, value: Any) -> None:
    answer = api.post(SMALL | {field: value})
    assert code(answer, 400) == "unsupported_field"
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


def test_an_unknown_model_or_style_is_answered_with_those_that_exist(api: Caller) -> None:
    model, style = api.post(SMALL | {"model": "nope"}), api.post(SMALL | {"style": "nope"})
    assert code(model, 400) == "unknown_model"
    assert "tiny" in model.json()["detail"]
    assert code(style, 400) == "unknown_style"
    assert style.json()["errors"][0]["pointer"] == "/style"


@pytest.mark.parametrize("prompt", ["\u732b", "?!", "\u043a\u043e\u0442 \u0438 \u043f\u0451\u0441"])
def test_a_prompt_of_which_the_model_reads_nothing_is_refused(
    api: Caller, prompt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = get_catalog()
    english = replace(catalog, models=tuple(replace(entry, english_only=True) for entry in catalog.models))
    monkeypatch.setattr(admission, "get_catalog", lambda: english)
    answer = api.post(SMALL | {"prompt": prompt})
    assert code(answer, 422) == "prompt_not_understood"
    assert "English words and emoji" in answer.json()["detail"]
    assert answer.json()["errors"][0]["pointer"] == "/prompt"


def test_a_size_over_the_tiers_names_the_limit_and_the_size(api: Caller) -> None:
    answer = Caller.of(open_workspace("small", tier="starter")).post(
        SMALL | {"dimensions": {"width": 64, "height": 2049}}
    )
    assert code(answer, 400) == "size_not_allowed"
    assert (answer.json()["limit"], answer.json()["actual"]) == (2048, 2049)
    assert answer.json()["errors"][0]["pointer"] == "/dimensions/height"


def test_a_size_without_a_price_is_refused(api: Caller) -> None:
    answer = api.post(SMALL | {"dimensions": {"width": 8192, "height": 8192}})
    assert code(answer, 400) == "size_not_allowed"


def test_a_model_that_no_worker_can_serve_is_refused(api: Caller) -> None:
    Worker.objects.update(model_names=["other"])
    assert code(api.post(), 422) == "model_unavailable"
    start_worker()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe{}",
        b'\xef\xbb\xbf{"prompt": "a"}',
        b'{"prompt": "a"} {}',
        b'{"prompt": "a", "prompt": "b"}',
        b'{"prompt": "a", "metadata": {"x": 1, "x": 1}}',
        b'{"prompt": "a", "guidanceScale": NaN}',
        b'{"prompt": "a", "guidanceScale": -Infinity}',
        b'{"prompt": "a", "guidanceScale": 1e999}',
        b'{"prompt": "a", "seed": ' + b"9" * 5000 + b"}",
        b'{"prompt": "\\ud800"}',
        b'{"prompt": "\\udc00\\ud800"}',
        b'{"prompt": "a\\u0000b"}',
        b'{"prompt": "a\x00b"}',
        b'{"prompt": "a", "metadata": {"\\ud800": 1}}',
        b'{"prompt": "a", "metadata": {"k": ["\\u0000"]}}',
        b'{"prompt": "a\nb"}',
        b'{"prompt": "a", "metadata": {"k": ' + b"[" * 40 + b"]" * 40 + b"}}",
        b'{"prompt": "a", "metadata": ' + b"[" * 400_000 + b"]" * 400_000 + b"}",
        b'{"prompt": "a", "metadata": {' + b",".join(b'"%d":1' % number for number in range(1001)) + b"}}",
        b'{"prompt": "a", "metadata": {"k": [' + b"[]," * 300_000 + b"[]]}}",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_is_not_plain_json_is_refused(api: Caller, body: bytes) -> None:
    assert code(api.post(body), 400) == "malformed_json"


def test_a_body_over_a_megabyte_is_refused(api: Caller) -> None:
    answer = api.post(b'{"prompt": "' + b"x" * 1_000_000 + b'"}')
    assert code(answer, 413) == "body_too_large"
    assert "RateLimit" in answer.headers


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "multipart/form-data"],
)
def test_another_media_type_is_refused(api: Caller, kind: str) -> None:
    answer = api.post(b'{"prompt": "a"}', **{"Content-Type": kind})
    assert code(answer, 415) == "unsupported_media_type"


@pytest.mark.parametrize("query", ["dryrun=true", "dryRun=true&x=1", "format=xml"])
def test_an_unknown_query_parameter_is_refused_before_it_costs_anything(api: Caller, query: str) -> None:
    assert code(api.post(None, f"/generate?{query}"), 400) == "unknown_parameter"


def test_dry_run_is_true_or_false(api: Caller) -> None:
    assert code(api.post(None, "/generate?dryRun=1"), 400) == "invalid_parameter"


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer atl_live_AAAAAAAA_" + "A" * 38},
        {"Authorization": "Bearer \u00e9"},
    ],
)
def test_no_key_or_a_wrong_one_is_refused(api: Caller, header: dict[str, str]) -> None:
    answer = Caller(api.workspace, "").post(**header)
    assert code(answer, 401) == "not_authenticated"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="atelier"'
    assert "RateLimit" in answer.headers


def test_a_key_with_one_letter_changed_is_refused(api: Caller) -> None:
    wrong = api.key[:-1] + ("a" if api.key[-1] != "a" else "b")
    assert code(Caller(api.workspace, wrong).get("/account"), 401) == "not_authenticated"


def test_a_revoked_key_is_refused_at_once(api: Caller) -> None:
    revoke_api_key(key_id=ApiKey.objects.get().id)
    assert code(api.post(), 401) == "not_authenticated"


@pytest.mark.parametrize("path", ["", "/events", "/retry"])
@pytest.mark.parametrize("name", [UNKNOWN, "gen_short", "img_aaaaaaaaaaaaaaaaaaaa", "%00", "a%20b", "gen_%F0%9F%8D%8E"])
def test_an_unknown_id_is_not_found(api: Caller, name: str, path: str) -> None:
    method = "POST" if path == "/retry" else "GET"
    assert code(api.call(method, f"/projects/{name}{path}"), 404) == "not_found"


def test_a_retry_takes_no_fields(api: Caller) -> None:
    assert code(api.post({"seed": 1}, f"/projects/{UNKNOWN}/retry"), 400) == "unknown_field"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=ten",
        "limit=",
        "limit=%D9%A1",
        "status=running",
        "kind=video",
        "cursor=",
        "cursor=zzzz",
        "cursor=%00",
        "cursor=\u2603",
        "createdAfter=yesterday",
        "createdAfter=2026-01-01",
        "createdBefore=2026-01-01T00:00:00",
        "createdBefore=2026-13-01T00:00:00Z",
        "createdAfter=0001-01-01T00:00:00Z",
    ],
)
def test_a_wrong_parameter_of_a_list_is_named(api: Caller, query: str) -> None:
    answer = api.get(f"/projects?{query}")
    assert code(answer, 400) == "invalid_parameter"
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]
