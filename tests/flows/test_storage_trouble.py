"""S3 goes away: what can wait completes when it is back, what cannot fails with the reason and costs nothing."""

from __future__ import annotations

import time

from tests.support.installation import Installation

DEADLINE_SECONDS = 15


def test_storage_that_goes_away(installation: Installation) -> None:
    patient, hasty = installation.api("studio"), installation.api("starter")
    with installation.without("seaweedfs"):
        may_wait = patient.generate(count=2)
        may_not = hasty.generate(deadlineSeconds=DEADLINE_SECONDS)
        failed = hasty.wait(may_not, DEADLINE_SECONDS + 15)
        assert not patient.get(may_wait)["isTerminal"]
    assert (failed["status"], failed["error"]["code"]) == ("failed", "storage_unavailable")
    assert (failed["creditsUsed"], failed["images"]) == (0, [])
    done = patient.wait(may_wait, 60)
    assert (done["status"], len(done["images"]), done["creditsUsed"]) == ("completed", 2, 2)
    assert done["metadata"]["attempts"] == 1  # the outage was not its fault


def test_storage_that_is_silent_for_a_moment(installation: Installation) -> None:
    """It answers late, as an overloaded one does; the stage that waits for it goes on."""
    api = installation.api()
    asked = api.generate(model="steady", count=2)
    installation.wait_for_stage(asked, "diffusion")
    with installation.frozen("seaweedfs"):
        time.sleep(6)  # longer than a lease
        assert not api.get(asked)["isTerminal"]
    done = api.wait(asked)
    assert (done["status"], done["metadata"]["attempts"]) == ("completed", 1)
