"""The product's settings with the bench's one view more: the bare one that accept is compared with."""

from atelier.settings import *  # noqa: F403  (settings are one namespace)

ROOT_URLCONF = "bench.urls"
