"""Django's settings: one topic a file."""

from atelier.settings.api import *
from atelier.settings.base import *
from atelier.settings.billing import *
from atelier.settings.broker import *
from atelier.settings.browsers import *
from atelier.settings.database import *
from atelier.settings.generation import *
from atelier.settings.logging import *
from atelier.settings.people import *
from atelier.settings.platform import *
from atelier.settings.security import *
from atelier.settings.storage import *
from atelier.settings.webhooks import *
