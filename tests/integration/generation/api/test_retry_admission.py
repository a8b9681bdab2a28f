"""A retry is admitted like a new request: by the tier, the prices and the models of now."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from atelier.accounts.models import Workspace
from atelier.accounts.services import create_api_key
from generation.models import Generation
from tests.support.client import Api
from tests.support.served import served
from tests.support.stories import open_workspace, start_worker

pytestmark = pytest.mark.usefixtures("no_limits")


@pytest.fixture
def api(committed: object) -> Iterator[Api]:
    start_worker()
    with served() as base:
        yield Api(base, create_api_key(workspace=open_workspace(tier="studio"), name="test")[1])


def cancelled(api: Api, side: int) -> str:
    made = api.generate(dimensions={"width": side, "height": 64})
    assert api.cancel(made).status == 202
    return made


def test_a_size_over_the_limit_of_todays_tier_is_refused_as_a_new_request_is(api: Api) -> None:
    small, large = cancelled(api, 2048), cancelled(api, 4096)
    Workspace.objects.update(tier="starter")
    refused, anew = api.retry(large), api.post({"dimensions": {"width": 4096, "height": 64}})
    for answer in (refused, anew):
        assert (answer.status, answer.code) == (400, "size_not_allowed")
    assert {"limit": 2048, "actual": 4096}.items() <= refused.json.items()
    assert refused.json["errors"] == anew.json["errors"]
    assert api.retry(small).status == 202
    assert Generation.objects.filter(retry_of=large).count() == 0
