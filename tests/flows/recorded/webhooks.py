"""Webhook endpoints, their secrets and deliveries."""

from __future__ import annotations

from typing import Any

from tests.flows.recorded.words import Ask, body, delete, get, patch, post

ALL = "~/webhook-endpoints"
ONE = f"{ALL}/{{hook}}"
UNKNOWN = f"{ALL}/whk_aaaaaaaaaaaaaaaaaaaa"
PUBLIC = {"url": "https://public.example/"}
LONG_AGO = {"from": "2001-01-01T00:00:00Z", "until": "2001-01-02T00:00:00Z"}
ALWAYS = {"from": "2001-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}
REFUSED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a number as URL": {"url": 5},
    "http": {"url": "http://public.example/"},
    "a port": {"url": "https://public.example:8443/"},
    "a password": {"url": "https://a:b@public.example/"},
    "a fragment": {"url": "https://public.example/#x"},
    "an address": {"url": "https://127.0.0.1/"},
    "an address as a number": {"url": "https://2130706433/"},
    "a blank": {"url": "https://public.example/a b"},
    "a snowman in the path": {"url": "https://public.example/\u2603"},
    "a name that leads inside": {"url": "https://inside.example/"},
    "a name that leads inside too": {"url": "https://mixed.example/"},
    "a name that leads nowhere": {"url": "https://nowhere.example/"},
    "a long URL": {"url": "https://public.example/" + "x" * 2048},
    "an unknown event": PUBLIC | {"events": ["generation.done"]},
    "an event twice": PUBLIC | {"events": ["credits.low", "credits.low"]},
    "events as a text": PUBLIC | {"events": "credits.low"},
    "a header of the protocol": PUBLIC | {"headers": {"Host": "x"}},
    "a header of ours": PUBLIC | {"headers": {"Webhook-Id": "x"}},
    "a header with a line break": PUBLIC | {"headers": {"X": "a\r\nb"}},
    "a header that is none": PUBLIC | {"headers": {"a b/c": "x"}},
    "eleven headers": PUBLIC | {"headers": {f"X-{number}": "x" for number in range(11)}},
    "a number for yes": PUBLIC | {"asymmetric": 1},
    "an unknown member": PUBLIC | {"secret": "x"},
    "four wrong members": {"events": 5, "headers": 5, "asymmetric": 5, "description": 5},
}
REPLAYS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no zone": ALWAYS | {"from": "2001-01-01T00:00:00"},
    "an unknown choice": ALWAYS | {"include": "some"},
    "an unknown member": ALWAYS | {"x": 1},
    "long ago": LONG_AGO,
    "the wrong way round": {"from": LONG_AGO["until"], "until": LONG_AGO["from"]},
    "what is undelivered": ALWAYS | {"include": "undelivered"},
    "all": ALWAYS | {"include": "all"},
}
CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "null": {"url": None},
    "an unknown status": {"status": "paused"},
    "a URL that leads inside": {"url": "https://inside.example/"},
    "a member that cannot be changed": {"asymmetric": True},
    "description, events and headers": {"description": "new", "events": ["credits.low"], "headers": {"X-New": "y"}},
    "the URL": {"url": "https://public.example/other?x=1"},
}
QUERIES = [
    "",
    "?limit=1",
    "?status=pending",
    "?status=dead",
    "?status=x",
    "?limit=0",
    "?limit=101",
    "?cursor=x",
    "?x=1",
]

ASKS: list[Ask] = [
    *(post(f"hooks: {name}", ALL, body(**members)) for name, members in REFUSED.items()),
    post("hooks: no JSON", ALL, b"{"),
    post("hooks: make one", ALL, body(**PUBLIC), keep="simple=id"),
    post(
        "hooks: make one with everything",
        ALL,
        body(
            **PUBLIC,
            events=["generation.failed", "credits.low"],
            description="caf\u00e9 <shop>",
            headers={"X-Token": "t0ken", "A": "b"},
            asymmetric=True,
        ),
        keep="hook=id",
    ),
    get("hooks", ALL),
    get("hooks of somebody else", ALL, who="other"),
    get("hooks: a parameter", f"{ALL}?limit=1"),
    Ask("hooks: head", "HEAD", ALL),
    get("hooks: the default secret", f"{ALL}/default-secret"),
    get("hooks: one", ONE),
    get("hooks: unknown", UNKNOWN),
    get("hooks: no id", f"{ALL}/x"),
    get("hooks: somebody else's", ONE, who="other"),
    *(patch(f"hooks: change {name}", ONE, body(**members)) for name, members in CHANGES.items()),
    patch("hooks: change an unknown one", UNKNOWN, body(description="x")),
    post("hooks: test", f"{ONE}/test", keep="sent=id"),
    post("hooks: test again", f"{ONE}/test", b"{}"),
    post("hooks: test with a member", f"{ONE}/test", body(x=1)),
    post("hooks: test an unknown one", f"{UNKNOWN}/test"),
    post("hooks: rotate", f"{ONE}/rotate-secret"),
    post("hooks: rotate with a member", f"{ONE}/rotate-secret", body(x=1)),
    post("hooks: rotate an unknown one", f"{UNKNOWN}/rotate-secret"),
    *(get(f"deliveries{query}", f"{ONE}/deliveries{query}") for query in QUERIES),
    get("deliveries: a page", f"{ONE}/deliveries?limit=1", keep="place=nextCursor"),
    get("deliveries: the next page", f"{ONE}/deliveries?limit=1&cursor={{place}}"),
    get("deliveries: unknown", f"{UNKNOWN}/deliveries"),
    post("deliveries: again", f"{ONE}/deliveries/{{sent}}/redeliver"),
    post("deliveries: again, unknown", f"{ONE}/deliveries/dlv_aaaaaaaaaaaaaaaaaaaa/redeliver"),
    post("deliveries: again, no id", f"{ONE}/deliveries/x/redeliver"),
    post("deliveries: again, another endpoint's", f"{ALL}/{{simple}}/deliveries/{{sent}}/redeliver"),
    *(post(f"replay: {name}", f"{ONE}/replay", body(**members)) for name, members in REPLAYS.items()),
    post("replay: unknown", f"{UNKNOWN}/replay", body(**ALWAYS)),
    patch("hooks: switch off", ONE, body(status="disabled")),
    post("hooks: test one that is off", f"{ONE}/test"),
    post("replay: one that is off", f"{ONE}/replay", body(**ALWAYS)),
    patch("hooks: switch on", ONE, body(status="active")),
    delete("hooks: delete", ONE),
    delete("hooks: delete again", ONE),
    get("hooks: deleted", ONE),
    get("deliveries: of a deleted one", f"{ONE}/deliveries"),
    delete("hooks: delete an unknown one", UNKNOWN),
]
