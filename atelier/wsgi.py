"""The WSGI entry: `gunicorn atelier.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelier.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (reading it imports every view now, not while the first client waits)
