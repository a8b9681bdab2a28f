"""A picture by the client of openapi-python-client: `atelier_client` is what it generated."""

import json
import os
import sys
import time
import urllib.request

from atelier_client import AuthenticatedClient
from atelier_client.api.generations import generate, get_project
from atelier_client.models import Dimensions, Generation, GenerationAccepted, GenerationPrice, GenerationRequest

client = AuthenticatedClient(base_url=os.environ["ATELIER_URL"], token=os.environ["ATELIER_API_KEY"])
body = GenerationRequest(prompt="a red apple", dimensions=Dimensions(width=64, height=64))
price = generate.sync(client=client, body=body, dry_run=True)
assert isinstance(price, GenerationPrice), price
accepted = generate.sync(client=client, body=body)
assert isinstance(accepted, GenerationAccepted), accepted
found = None
for _ in range(200):
    found = get_project.sync(accepted.generation_id, client=client)
    assert isinstance(found, Generation), found
    if found.is_terminal:
        break
    time.sleep(0.2)
assert isinstance(found, Generation)
content = urllib.request.urlopen(found.images[0].url).read()
json.dump({"status": found.status, "bytes": len(content)}, sys.stdout)
