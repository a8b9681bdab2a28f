"""A process on a local disk does not pay for S3: boto3 costs about 25 MB and half a second."""

from __future__ import annotations

import os
import subprocess
import sys


def test_the_web_side_of_storage_loads_no_boto3() -> None:
    script = (
        "import sys, django; django.setup()\n"
        "import storage.api.urls, storage.admin, storage.services\n"
        "from storage.backend import get_blobs; get_blobs()\n"
        "print(sorted({'boto3', 'botocore'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], env=os.environ, text=True, capture_output=True, check=True)
    assert done.stdout.strip() == "[]"
