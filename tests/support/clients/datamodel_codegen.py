"""A picture by the classes of datamodel-code-generator: `atelier_models` is what it generated."""

import json
import os
import sys
import time
import urllib.request

from atelier_models import Dimensions, GenerationAccepted, GenerationPrice, GenerationRequest, GenerationSubmitted

BASE = os.environ["ATELIER_URL"] + "/api/v1/atelier"


def call(path: str, content: bytes | None = None) -> bytes:
    """The body of an answer."""
    headers = {"Authorization": f"Bearer {os.environ['ATELIER_API_KEY']}", "Content-Type": "application/json"}
    answer: bytes = urllib.request.urlopen(urllib.request.Request(BASE + path, content, headers)).read()
    return answer


body = GenerationRequest(prompt="a red apple", dimensions=Dimensions(width=64, height=64))
sent = body.model_dump_json(exclude_none=True, exclude_unset=True, by_alias=True).encode()
price = GenerationSubmitted.model_validate_json(call("/generate?dryRun=true", sent)).root
assert isinstance(price, GenerationPrice), price
accepted = GenerationSubmitted.model_validate_json(call("/generate", sent)).root
assert isinstance(accepted, GenerationAccepted), accepted
path = f"/projects/{getattr(accepted.generationId, 'root', accepted.generationId)}"
found = GenerationSubmitted.model_validate_json(call(path)).root
for _ in range(200):
    if found.isTerminal:
        break
    time.sleep(0.2)
    found = GenerationSubmitted.model_validate_json(call(path)).root
content = urllib.request.urlopen(str(found.images[0].url)).read()
json.dump({"status": found.status.value, "bytes": len(content)}, sys.stdout)
