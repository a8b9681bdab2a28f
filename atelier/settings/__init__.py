"""Django's settings: one topic a file."""

from atelier.settings.api import *  # noqa: F403  (settings are collected by star import, Django's own custom)
from atelier.settings.base import *  # noqa: F403
from atelier.settings.broker import *  # noqa: F403
from atelier.settings.database import *  # noqa: F403
from atelier.settings.generation import *  # noqa: F403
from atelier.settings.logging import *  # noqa: F403
from atelier.settings.security import *  # noqa: F403
from atelier.settings.storage import *  # noqa: F403
