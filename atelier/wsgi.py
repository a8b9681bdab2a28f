"""The WSGI entry: `gunicorn atelier.wsgi`. What is set up wrongly ends the process with a sentence."""

import logging
import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from atelier.core.configuration import check_configuration, refuse_to_start
from generation.catalog import name_models

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelier.settings")
try:
    application = get_wsgi_application()
    check_configuration()
    get_resolver().url_patterns  # noqa: B018  (reading it imports every view now, not while the first client waits)
except ImproperlyConfigured as error:
    refuse_to_start(error)
logging.getLogger(__name__).info("web offers the models %s", ", ".join(name_models()))
