"""What every process of `at_once` has imported before it is forked: the product, set up, with nothing connected."""

from __future__ import annotations

import django
import pytest  # noqa: F401  (test modules that hold a call's function import it)

django.setup()

import tests.support.mailbox  # noqa: E402
import tests.support.stories  # noqa: E402, F401  (models can be imported only now)
