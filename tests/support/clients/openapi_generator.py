"""A picture by the client of openapi-generator's `python`: `openapi_client` is what it generated."""

import json
import os
import sys
import time
import urllib.request

import openapi_client
from openapi_client.models import Dimensions, GenerationAccepted, GenerationPrice, GenerationRequest

configuration = openapi_client.Configuration(host=os.environ["ATELIER_URL"], access_token=os.environ["ATELIER_API_KEY"])
with openapi_client.ApiClient(configuration) as client:
    api = openapi_client.GenerationsApi(client)
    body = GenerationRequest(prompt="a red apple", dimensions=Dimensions(width=64, height=64))
    price = api.generate(body, dry_run=True).actual_instance
    assert isinstance(price, GenerationPrice), price
    accepted = api.generate(body).actual_instance
    assert isinstance(accepted, GenerationAccepted), accepted
    found = api.get_project(accepted.generation_id)
    for _ in range(200):
        if found.is_terminal:
            break
        time.sleep(0.2)
        found = api.get_project(accepted.generation_id)
content = urllib.request.urlopen(found.images[0].url).read()
json.dump({"status": found.status, "bytes": len(content)}, sys.stdout)
