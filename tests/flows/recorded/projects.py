"""Reading, listing, cancelling and retrying generations, and their events and pictures."""

from __future__ import annotations

from tests.flows.recorded.words import Ask, body, delete, get, post

UNKNOWN = "gen_aaaaaaaaaaaaaaaaaaaa"
GOOD = [
    "?limit=100", "?limit=0002", "?status=queued", "?status=completed", "?status=failed&kind=image",
    "?status=processing", "?status=cancelled&limit=1", "?createdAfter=2099-01-01T00:00:00Z",
    "?createdBefore=2001-01-01T00:00:00Z", "?createdAfter=2001-01-01T00:00:00%2B02:00&limit=1",
    "?createdBefore=2099-01-01T00:00:00.123456789+02:00&limit=1", "?limit=1&limit=2",
]  # fmt: skip
WRONG = [
    "?limit=0", "?limit=101", "?limit=ten", "?limit=", "?limit=%D9%A1", "?status=running", "?kind=video",
    "?cursor=", "?cursor=zzzz", "?cursor=%00", "?cursor=%E2%98%83", "?createdAfter=yesterday",
    "?createdAfter=2026-01-01", "?createdBefore=2026-01-01T00:00:00", "?createdBefore=2026-13-01T00:00:00Z",
    "?createdAfter=0001-01-01T00:00:00Z", "?page=2", "?limit=0&nope=1",
]  # fmt: skip


def after(event: str) -> dict[str, str]:
    return {"Last-Event-ID": event}


ASKS: list[Ask] = [
    *(get(f"projects{query}", f"~/projects{query}") for query in GOOD),
    *(get(f"projects{query}", f"~/projects{query}") for query in WRONG),
    get("projects: a page", "~/projects?limit=3", keep="cursor=nextCursor"),
    get("projects: the next page", "~/projects?limit=3&cursor={cursor}"),
    get("projects: the next page, filtered", "~/projects?limit=1&status=completed&cursor={cursor}"),
    get("projects of somebody else", "~/projects", who="other"),
    get("project: completed", "~/projects/{completed}", keep="file=images.0.url"),
    get("project: failed", "~/projects/{failed}"),
    get("project: processing", "~/projects/{running}"),
    get("project: cancelled", "~/projects/{one_a}"),
    get("project: somebody else's", "~/projects/{completed}", who="other"),
    get("project: unknown", f"~/projects/{UNKNOWN}"),
    get("project: no id", "~/projects/gen_short"),
    get("project: another kind of id", "~/projects/img_aaaaaaaaaaaaaaaaaaaa"),
    get("project: NUL", "~/projects/%00"),
    get("project: an apple", "~/projects/gen_%F0%9F%8D%8E"),
    get("project: a parameter", "~/projects/{completed}?fields=status"),
    Ask("project: head", "HEAD", "~/projects/{completed}"),
    Ask("project: head of nothing", "HEAD", f"~/projects/{UNKNOWN}"),
    Ask("projects: head", "HEAD", "~/projects"),
    delete("cancel: queued", "~/projects/{every}"),
    delete("cancel: again", "~/projects/{every}"),
    delete("cancel: completed", "~/projects/{completed}"),
    delete("cancel: running", "~/projects/{running}"),
    delete("cancel: somebody else's", "~/projects/{plain}", who="other"),
    delete("cancel: unknown", f"~/projects/{UNKNOWN}"),
    delete("cancel: a parameter", "~/projects/{plain}?force=true"),
    delete("cancel: with a body", "~/projects/{plain}", body=body(reason="x")),
    post("retry: cancelled", "~/projects/{every}/retry", keep="again=generationId"),
    get("retry: shown", "~/projects/{again}"),
    post("retry: cancelled, under a key", "~/projects/{one_a}/retry", headers={"Idempotency-Key": "retry"}),
    post("retry: the same key again", "~/projects/{one_a}/retry", headers={"Idempotency-Key": "retry"}),
    post("retry: the same key, another one", "~/projects/{one_b}/retry", headers={"Idempotency-Key": "retry"}),
    post("retry: failed", "~/projects/{failed}/retry", b"{}"),
    post("retry: completed", "~/projects/{completed}/retry"),
    post("retry: queued", "~/projects/{again}/retry"),
    post("retry: unknown", f"~/projects/{UNKNOWN}/retry"),
    post("retry: somebody else's", "~/projects/{every}/retry", who="other"),
    post("retry: with members", "~/projects/{every}/retry", body(seed=1, x=2)),
    post("retry: no JSON", "~/projects/{every}/retry", b"{"),
    post("retry: plain text", "~/projects/{every}/retry", b"{}", headers={"Content-Type": "text/plain"}),
    post("retry: a wrong key", "~/projects/{every}/retry", headers={"Idempotency-Key": "\u00e9"}),
    post("retry: a parameter", "~/projects/{every}/retry?dryRun=true"),
    get("events: cancelled", "~/projects/{every}/events"),
    get("events: completed", "~/projects/{completed}/events", headers={"Accept": "text/event-stream"}),
    get("events: failed", "~/projects/{failed}/events"),
    get("events: after the last", "~/projects/{every}/events", headers=after("999999999999999999")),
    get("events: from the first", "~/projects/{every}/events", headers=after("0")),
    get("events: after a word", "~/projects/{every}/events", headers=after("abc")),
    get("events: after a number of 19 digits", "~/projects/{every}/events", headers=after("1" * 19)),
    get("events: unknown", f"~/projects/{UNKNOWN}/events"),
    get("events: somebody else's", "~/projects/{every}/events", who="other"),
    get("events: a parameter", "~/projects/{every}/events?after=1"),
    Ask("events: head of a queued one", "HEAD", "~/projects/{again}/events"),
    post("events: post", "~/projects/{every}/events"),
    get("file", "/files/{file}", who=""),
    get("file: some bytes", "/files/{file}", who="", headers={"Range": "bytes=0-3"}),
    get("file: bytes that it has not", "/files/{file}", who="", headers={"Range": "bytes=9999-"}),
    get("file: two ranges", "/files/{file}", who="", headers={"Range": "bytes=0-1,3-4"}),
    get("file: something added", "/files/{file}?x=1", who=""),
    get("file: no link", "/files/nonsense", who=""),
    Ask("file: head", "HEAD", "/files/{file}", who=""),
    post("file: post", "/files/{file}", b"{}", who=""),
]
