"""Log lines: one JSON object each, with the ids of what they speak of and no secret."""

from __future__ import annotations

import io
import json
import logging

import pytest

from atelier.accounts.keys import make_key
from atelier.core.logging import JsonFormatter, mask


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(output: io.StringIO) -> logging.Logger:
    logger = logging.Logger("story")
    handler = logging.StreamHandler(output)
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    return logger


CANARY = "c4n4ry"
SECRETS = [
    f"amqp://atelier:{CANARY}@127.0.0.1:5672//",
    f"postgresql://atelier_service:{CANARY}@db:5432/atelier?sslmode=require",
    f"amqp://:{CANARY}@broker//",
    f"https://user:{CANARY}%40x@host/path",
    f"http://user:{CANARY}:{CANARY}@host",
    f"postgresql://a:{CANARY}/{CANARY}@db/x and amqp://b:{CANARY}@mq//",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_password_in_a_url_is_hidden_and_the_rest_stays(text: str) -> None:
    masked = mask(f"cannot reach {text}: refused")
    assert CANARY not in masked
    assert masked.startswith(f"cannot reach {text.split(':')[0]}://")
    assert masked.endswith(": refused")


def test_an_api_key_is_hidden_wherever_it_stands() -> None:
    text = make_key().text
    for line in (text, f"Bearer {text}", f"key={text}&x=1", f'{{"key": "{text}"}}'):
        masked = mask(line)
        assert text.split("_")[2] not in masked
        assert text[-20:] not in masked
        assert "atl_live_***" in masked


@pytest.mark.parametrize(
    "text", ["http://host:80/path", "mail me@host", "time 12:30:15 at noon", "a://b/c", "https://host/x?a=b@c", ""]
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


def test_a_line_is_one_json_object(log: logging.Logger, output: io.StringIO) -> None:
    log.warning("two\nlines %s", "äß", extra={"generation_id": "gen_a", "fence": 3, "unknown": "dropped"})
    lines = output.getvalue().splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "story",
        "message": "two\nlines äß",
        "generation_id": "gen_a",
        "fence": 3,
    }


def test_secrets_in_arguments_and_tracebacks_are_hidden(log: logging.Logger, output: io.StringIO) -> None:
    key = make_key().text
    try:
        raise ConnectionError(f"no route to {SECRETS[0]} with {key}")
    except ConnectionError:
        log.exception("failed: %s", SECRETS[1])
    assert CANARY not in output.getvalue()
    assert key[-30:] not in output.getvalue()
    assert "Traceback" in json.loads(output.getvalue())["traceback"]


def test_secrets_in_known_fields_and_stack_dumps_are_hidden(log: logging.Logger, output: io.StringIO) -> None:
    log.warning("x", extra={"code": SECRETS[0], "request_id": f"req {SECRETS[1]}"}, stack_info=True)
    assert CANARY not in output.getvalue()


def test_odd_values_do_not_stop_the_log(log: logging.Logger, output: io.StringIO) -> None:
    log.warning("lone surrogate %s, bytes %s, object %s", "\ud800", b"\xff", object(), extra={"code": {1, 2}})
    output.getvalue().encode("utf-8", "backslashreplace")
    assert json.loads(output.getvalue())["level"] == "warning"
