"""Print a collection of requests for Postman, Bruno or Insomnia: one an operation of the OpenAPI document."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from atelier.site.collection import build_collection
from atelier.site.openapi import build_openapi


class Command(BaseCommand):
    """manage.py collection"""

    help = "Print a collection of the API's requests as JSON (Postman 2.1, which Bruno and Insomnia read too)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        collection = build_collection(build_openapi(), settings.ATELIER_PUBLIC_URL)
        self.stdout.write(json.dumps(collection, indent=2, ensure_ascii=False))
