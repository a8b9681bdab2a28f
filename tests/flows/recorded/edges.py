"""Who may ask at all, what is not there, methods that are not served, and the pages beside the API."""

from __future__ import annotations

from tests.flows.recorded.words import Ask, delete, get, patch, picture, post

NOBODY: dict[str, str] = {
    "no key": "",
    "an empty key": "Bearer",
    "nonsense": "Bearer nonsense",
    "a password": "Basic YTpi",
    "a wrong checksum": "Bearer atl_live_AAAAAAAA_" + "A" * 38,
    "a letter beyond ASCII": "Bearer \u00e9",
    "a token of a platform": "Bearer a.b.c",
}
CALLERS = ["expired", "revoked", "elsewhere", "suspended", "session", "nothing"]
LACKING = {
    "generations:write": post("", "~/generate", picture()),
    "generations:read": get("", "~/projects"),
    "catalogue:read": get("", "~/models"),
    "account:read": get("", "~/account"),
    "billing:read": get("", "~/account/ledger"),
    "webhooks:read": get("", "~/webhook-endpoints"),
    "webhooks:write": get("", "~/webhook-endpoints/default-secret"),
    "keys:read": get("", "~/api-keys"),
    "keys:write": delete("", "~/api-keys/key_aaaaaaaaaaaaaaaaaaaa"),
    "members:read": get("", "~/members"),
    "members:write": patch("", "~/members/0", b"{"),
}
PATHS = [
    "/nope",
    "~/nope",
    "~/",
    "~/projects/",
    "~/generate/",
    "/%00",
    "/%E2%98%83",
    "/projects",
    "~/projects/a/b/c",
    "//evil.example/",
    "~/docs/",
]
PAGES = [
    "/",
    "/docs",
    "/docs/",
    "~/docs",
    "/docs/errors",
    "/health/live",
    "/health/ready",
    "~/health/live",
    "/health/live?x=1",
    "/openapi.json",
    "~/openapi.json",
    "/metrics",
    "/admin",
    "/admin/",
]
METHODS = ["PUT", "GET", "OPTIONS", "TRACE", "HEAD", "BREW"]

ASKS: list[Ask] = [
    *(get(f"caller: {name}", "~/account", who="", headers={"Authorization": text}) for name, text in NOBODY.items()),
    post("caller: no key to generate", "~/generate", picture(), who=""),
    post("caller: no key to make a key", "~/api-keys", b"{}", who=""),
    get("caller: bearer in small letters", "~/styles", who="", headers={"Authorization": "bearer {key}"}),
    get("caller: blanks around the key", "~/styles", who="", headers={"Authorization": "Bearer   {key} "}),
    *(get(f"caller: {who}", "~/account", who=who) for who in CALLERS),
    post("caller: a session without its token", "~/generate", picture(), who="session"),
    *(Ask(f"lacking {name}", ask.method, ask.path, ask.body, who="nothing") for name, ask in LACKING.items()),
    post("lacking: unknown parameter first?", "~/generate?nope=1", picture(), who="nothing"),
    post("lacking: a reader generates", "~/generate", picture(), who="reader"),
    get("lacking: a reader reads", "~/projects/{completed}/events", who="reader"),
    *(get(f"path: {path}", path) for path in PATHS),
    post("path: post to nowhere", "~/nope", b"{}"),
    *(get(f"page: {path}", path, who="") for path in PAGES),
    Ask("page: head of /docs", "HEAD", "/docs", who=""),
    Ask("page: head of the document", "HEAD", "/openapi.json", who=""),
    post("page: post to /docs", "/docs", b"{}", who=""),
    post("page: post to /health/live", "/health/live", b"{}", who=""),
    *(Ask(f"method: {method} to generate", method, "~/generate") for method in METHODS),
    Ask("method: PUT to a project", "PUT", "~/projects/{completed}", b"{}"),
    Ask("method: OPTIONS of a project", "OPTIONS", "~/projects/{completed}"),
    Ask("method: OPTIONS of keys", "OPTIONS", "~/api-keys"),
    Ask("method: PUT to an endpoint", "PUT", "~/webhook-endpoints/whk_aaaaaaaaaaaaaaaaaaaa", b"{}"),
    delete("method: DELETE of the list", "~/projects"),
    Ask("method: wrong, without a key", "PUT", "~/generate", who=""),
    get("accept: text/html", "~/account", headers={"Accept": "text/html"}),
    get("accept: anything else", "~/account", headers={"Accept": "text/html, */*;q=0.1"}),
    get("accept: nonsense", "~/account", headers={"Accept": "nonsense"}),
    get("host: another one", "~/health/live", who="", headers={"Host": "evil.example"}),
    get("host: localhost", "~/health/live", who="", headers={"Host": "localhost"}),
]
