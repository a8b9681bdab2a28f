"""What every process of `at_once` has imported before it is forked: the product, set up, with nothing connected."""

from __future__ import annotations

import django

django.setup()

import atelier.outbox.relay  # noqa: E402  (models can be imported only now)
import atelier.scheduler  # noqa: E402, F401
import generation.services.presence  # noqa: E402
import generation.services.submission  # noqa: E402, F401
