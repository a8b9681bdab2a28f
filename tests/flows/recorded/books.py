"""What there is to choose from, the account, the ledger and the usage."""

from __future__ import annotations

from tests.flows.recorded.words import Ask, get, post

PERIODS = [
    "?from=2001-01-01&to=2001-01-31",
    "?from=2099-01-01&to=2099-01-31",
    "?from=2026-02-30",
    "?from=26-01-01",
    "?from=2099-01-01",
    "?from=2001-01-01&to=2002-01-02",
    "?from=2001-01-01&to=2002-01-01",
    "?from=",
    "?format=xml",
    "?format=",
    "?nope=1",
    "?from=2026-02-30&format=xml",
]
PAGES = [
    "?limit=2",
    "?limit=2&cursor=3",
    "?limit=500&cursor=1",
    "?limit=0",
    "?limit=501",
    "?limit=ten",
    "?cursor=x",
    "?cursor=1111111111111111111",
    "?cursor=",
]

ASKS: list[Ask] = [
    get("models", "~/models"),
    get("models: a parameter", "~/models?x=1"),
    post("models: post", "~/models", b"{}"),
    Ask("models: head", "HEAD", "~/models"),
    get("styles", "~/styles"),
    get("styles: a parameter", "~/styles?x=1"),
    get("account", "~/account"),
    get("account of a starter", "~/account", who="starter"),
    get("account of a poor one", "~/account", who="poor"),
    get("account: a parameter", "~/account?x=1"),
    get("ledger", "~/account/ledger"),
    get("ledger of a poor one", "~/account/ledger", who="poor"),
    *(get(f"ledger{query}", f"~/account/ledger{query}") for query in (*PERIODS, *PAGES)),
    get("ledger as CSV", "~/account/ledger?format=csv"),
    get("ledger as CSV, nothing in it", "~/account/ledger?format=csv&from=2001-01-01&to=2001-01-31"),
    Ask("ledger as CSV, head", "HEAD", "~/account/ledger?format=csv"),
    get("ledger as CSV, a page", "~/account/ledger?format=csv&limit=1&cursor=2"),
    post("ledger: post", "~/account/ledger", b"{}"),
    get("usage", "~/account/usage"),
    get("usage of a poor one", "~/account/usage", who="poor"),
    *(get(f"usage{query}", f"~/account/usage{query}") for query in PERIODS[1:4]),
    get("usage: a page", "~/account/usage?limit=1"),
    get("usage as CSV", "~/account/usage?format=csv"),
    get("usage as CSV, nothing in it", "~/account/usage?format=csv&from=2001-01-01&to=2001-01-31"),
]
