"""Where an endpoint may not lead, as it is saved."""

from __future__ import annotations

import pytest

from atelier.core.outbound.checks import AddressNotAllowed
from tests.integration.webhooks.street import Street, open_endpoint
from tests.support.stories import open_workspace
from webhooks.models import Endpoint


def test_a_name_that_leads_inside_is_refused_when_it_is_saved(street: Street) -> None:
    street.names.names["inside.example"] = ["10.0.0.1"]
    workspace = open_workspace()
    with pytest.raises(AddressNotAllowed, match="not a public address"):
        open_endpoint(workspace, "https://inside.example/hook")
    assert not Endpoint.objects.exists()
