"""The code that docs/webhooks.md gives to receivers, as it stands there."""

from __future__ import annotations

import re
from typing import Any

from atelier.stacks.home import PROJECT

PAGE = (PROJECT / "docs" / "webhooks.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
_names: dict[str, Any] = {}
for block in BLOCKS:
    exec(block, _names)  # noqa: S102  (our own page)

verify_body = _names["verify_body"]
receive = _names["receive"]
