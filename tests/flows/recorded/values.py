"""POST /generate with wrong values: nothing of this is accepted."""

from __future__ import annotations

from typing import Any

from tests.flows.recorded.words import SIDE, generate, picture, raw

MEMBERS: dict[str, list[Any]] = {
    "prompt": ["", " \t\u200b\u00a0", "x" * 2001, None, ["a"], 5],
    "negativePrompt": ["x" * 2001, None, 5],
    "style": ["", "nope", 5],
    "generationType": ["movie", 5],
    "model": ["", "nope", 5, "away"],
    "dimensions": [
        None,
        "64x64",
        {},
        {"width": 64},
        SIDE | {"depth": 1},
        {"width": 63, "height": 64},
        {"width": 64, "height": 8193},
        {"width": 64.5, "height": 64},
        {"width": "64", "height": True},
        {"width": 8192, "height": 8192},
    ],
    "quality": ["best", None],
    "count": [0, 9, True, "1", 1.5, None, 10**400],
    "seed": [-1, 2**32, "7", False],
    "guidanceScale": [-0.1, 31, "7", True, 10**400],
    "format": ["gif", "svg", ["png"]],
    "faceCorrection": [True, None],
    "metadata": [[], None, {"a": "x" * 2048}, {"a": "\u2603" * 700}],
    "webhook": [
        "x",
        {},
        {"url": 5},
        {"url": "http://public.example/"},
        {"url": "https://inside.example/"},
        {"url": "https://public.example/", "x": 1},
        {"url": "https://public.example/", "secret": "abc"},
        {"url": "https://public.example/", "secret": 5},
        {"url": "https://public.example/", "events": "x"},
        {"url": "https://public.example/", "events": ["generation.queued", "x"]},
    ],
    "deadlineSeconds": [9, 601, "60", None],
    "transparentBackground": [True],
    "referenceImage": ["img_x"],
    "promt": ["a"],
    "a/b~c": [1],
    "": [1],
}
"""Values that are wrong for a member, or a member that there is not."""

ASKS = [
    generate(f"{name or 'no name'}, wrong {number}", picture(**{name: value}))
    for name, values in MEMBERS.items()
    for number, value in enumerate(values, 1)
]
ASKS += [
    generate("nothing at all", b"{}"),
    generate("four wrong members", picture(prompt=5, count=0, quality=1, dimensions={})),
    generate("two unknown members and a wrong one", picture(n=1, Prompt="x", count=0)),
    generate("three members that are not served yet", picture(strength=0.5, colorGrading="noir", format="svg")),
    generate("an unknown and an unserved member", picture(strength=0.5, n=1)),
    generate("a member twice", raw('"count":1,"count":2')),
    generate("a member of a member twice", raw('"metadata":{"x":1,"x":1}')),
    generate("NaN", raw('"guidanceScale":NaN')),
    generate("minus infinity", raw('"guidanceScale":-Infinity')),
    generate("a number beyond all numbers", raw('"guidanceScale":1e999')),
    generate("a number of 5,000 digits", raw('"count":' + "9" * 5000)),
    generate("NUL as an escape", raw('"negativePrompt":"a\\u0000b"')),
    generate("NUL as a byte", b'{"prompt":"a\x00b"}'),
    generate("half a pair of surrogates", raw('"negativePrompt":"\\ud800"')),
    generate("surrogates in the wrong order", raw('"negativePrompt":"\\udc00\\ud800"')),
    generate("half a pair of surrogates in a name", raw('"metadata":{"\\ud800":1}')),
    generate("nested 40 deep", raw('"metadata":{"k":' + "[" * 40 + "]" * 40 + "}")),
    generate("nested 9,000 deep", raw('"metadata":' + "[" * 9000 + "]" * 9000)),
    generate("too many keys", raw('"metadata":{' + ",".join(f'"{number}":1' for number in range(1001)) + "}")),
    generate("too many values", raw('"metadata":{"k":[' + "[]," * 10_000 + "[]]}")),
    generate("too many commas", raw('"metadata":{"k":[' + "1," * 20_001 + "1]}")),
    generate("a line break in a text", b'{"prompt":"a\nb"}'),
    generate("half a document", b'{"prompt":'),
    generate("two documents", b'{"prompt":"a"} {}'),
    generate("null", b"null"),
    generate("a list", b"[]"),
    generate("a text", b'"text"'),
    generate("a byte order mark", b'\xef\xbb\xbf{"prompt":"a"}'),
    generate("no UTF-8", b'{"prompt":"\xff"}'),
    generate("one byte", b" "),
    generate("no body, as JSON", b"", headers={"Content-Type": "application/json"}),
    generate("no body and no type", b""),
    generate("over a megabyte", b'{"prompt":"' + b"x" * 1_000_000 + b'"}'),
    generate("plain text", picture(), headers={"Content-Type": "text/plain"}),
    generate("a form", b"prompt=a", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    generate("another charset", picture(), headers={"Content-Type": "application/json; charset=latin-1"}),
    generate("no type", picture(), headers={"Content-Type": ""}),
    generate("too large for the tier", picture(dimensions={"width": 64, "height": 2049}), who="starter"),
    generate("a prompt in a script that the model cannot read", picture(prompt="\u732b", model="english")),
]
