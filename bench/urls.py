"""The product's urls and, beside them, the least that a DRF view with one insert can be."""

from __future__ import annotations

import json

from django.db import connection
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from atelier.urls import urlpatterns as product
from bench import bare


class Bare(APIView):
    """JSON in, one row written and committed, JSON out. Nobody is asked for a key."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def post(self, request: Request) -> Response:
        """Insert the body."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_row (body) VALUES (%s) RETURNING id", [json.dumps(request.data)])
            return Response({"id": cursor.fetchone()[0]}, status=202)


urlpatterns = [path(bare.PATH.lstrip("/"), Bare.as_view()), *product]
