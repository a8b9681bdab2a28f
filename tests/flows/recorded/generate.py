"""POST /generate when it works: every member, every default, dry runs, repeats under a key, preferences, limits."""

from __future__ import annotations

from tests.flows.recorded.words import Ask, body, delete, generate, get, picture

EVERYTHING = picture(
    negativePrompt="blur",
    style="watercolor",
    generationType="standard",
    model="tiny",
    quality="ultra",
    count=8,
    dimensions={"width": 128, "height": 96},
    seed=4294967295,
    guidanceScale=7.5,
    format="webp",
    faceCorrection="off",
    metadata={"order": 17, "deep": {"list": [1, 2.50, None, True, "\u2603"]}},
    deadlineSeconds=60,
    webhook={
        "url": "https://public.example/hook?x=1",
        "events": ["generation.completed"],
        "secret": "whsec_aGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGg=",
    },
)


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def prefer(preference: str) -> dict[str, str]:
    return {"Prefer": preference}


def cancel(number: int) -> Ask:
    """So that the queue is short again for the next one."""
    return delete(f"generate: cancel {number}", f"~/projects/{{one_{'abcdefgh'[number - 1]}}}")


ASKS = [
    generate("every member, dry", EVERYTHING, query="?dryRun=true"),
    generate("every member", EVERYTHING, keep="every=generationId"),
    get("generate: every member, shown", "~/projects/{every}"),
    generate("defaults, dry", body(prompt="a cat"), query="?dryRun=true"),
    generate("defaults", body(prompt="a cat"), keep="plain=generationId"),
    get("generate: defaults, shown", "~/projects/{plain}"),
    generate(
        "nulls where they are allowed",
        picture(style=None, model=None, generationType=None, guidanceScale=None, webhook=None, seed=None),
        query="?dryRun=true",
    ),
    generate("42.0 where a whole number is wanted", picture(seed=42.0, count=2.0), keep="whole=generationId"),
    get("generate: 42.0, shown", "~/projects/{whole}"),
    generate("a guidance of a whole number", picture(guidanceScale=0), query="?dryRun=true"),
    generate(
        "a charset in capitals",
        picture(),
        query="?dryRun=true",
        headers={"Content-Type": "application/json; charset=UTF-8"},
    ),
    generate("a type in capitals", picture(), query="?dryRun=true", headers={"Content-Type": "Application/JSON"}),
    generate("the largest metadata", picture(metadata={"a": "x" * 2040}), query="?dryRun=true"),
    generate("letters beyond ASCII", picture(prompt="ein r\u00f6tlicher Apfel \U0001f34e"), query="?dryRun=true"),
    generate("a style alone", picture(style="line-art"), query="?dryRun=true"),
    generate("a webhook alone", picture(webhook={"url": "https://public.example/"}), query="?dryRun=true"),
    generate("a large one, dry", picture(dimensions={"width": 4096, "height": 4096}, count=8), query="?dryRun=true"),
    generate("dryRun=false", picture(), query="?dryRun=false", keep="one_a=generationId"),
    cancel(1),
    generate("dryRun=1", picture(), query="?dryRun=1"),
    generate("dryRun twice", picture(), query="?dryRun=false&dryRun=true"),
    generate("an unknown parameter", picture(), query="?dryrun=true"),
    generate("two unknown parameters", picture(), query="?z=1&dryRun=true&format=xml"),
    generate("not enough credits, dry", picture(count=2), query="?dryRun=true", who="poor"),
    generate("not enough credits", picture(count=2), who="poor"),
    generate("not enough credits, under a key", picture(count=2), who="poor", headers=keyed("no-credits")),
    generate("not enough credits, the same key again", picture(count=2), who="poor", headers=keyed("no-credits")),
    generate("under a key", picture(), headers=keyed("order 1"), keep="one_b=generationId"),
    generate("the same key again", picture(), headers=keyed("order 1")),
    generate("the same key, other body", picture(seed=8), headers=keyed("order 1")),
    generate("the same key, other blanks", picture() + b" ", headers=keyed("order 1")),
    generate("the same key, dry", picture(), query="?dryRun=true", headers=keyed("order 1")),
    generate("the same key, wrong body", picture(count=0), headers=keyed("order 1")),
    cancel(2),
    generate("the same key, waiting for what has ended", picture(), headers=keyed("order 1") | prefer("wait=5")),
    generate("a key with a letter beyond ASCII", picture(), headers=keyed("\u00e9")),
    generate("a key of 256 letters", picture(), headers=keyed("k" * 256)),
    generate("a key of 255 letters", picture(), query="?dryRun=true", headers=keyed("k" * 255)),
    generate("a key with a tab", picture(), headers=keyed("a\tb")),
    generate("prefer wait=0", picture(), headers=prefer("wait=0"), keep="one_c=generationId"),
    cancel(3),
    generate("prefer wait=1", picture(), headers=prefer("respond-async, wait=1"), keep="one_d=generationId"),
    cancel(4),
    generate("prefer wait=-1", picture(), headers=prefer("wait=-1"), keep="one_e=generationId"),
    cancel(5),
    generate(
        "prefer what is not known", picture(), headers=prefer("wait=soon; return=minimal"), keep="one_f=generationId"
    ),
    cancel(6),
    generate(
        "a request id of the caller", picture(), query="?dryRun=true", headers={"X-Request-Id": "trace-0123456789"}
    ),
    generate("a request id that is too short", picture(), query="?dryRun=true", headers={"X-Request-Id": "short"}),
    generate("limited, the first", picture(), who="limited", limited=True),
    generate("limited, a dry run", picture(), query="?dryRun=true", who="limited", limited=True),
    generate("limited, a wrong one", picture(count=0), who="limited", limited=True),
    *(generate(f"limited, number {number}", picture(), who="limited", limited=True) for number in range(2, 7)),
    get("generate: limited, the queue", "~/projects?limit=2", who="limited", limited=True),
    get("generate: limited, the account", "~/account", who="limited", limited=True),
]
