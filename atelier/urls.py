"""Which URL leads where."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from atelier.site import metrics, pages

service = [
    path("openapi.json", pages.OpenApiView.as_view(), name="openapi"),
    path("health/live", pages.LiveView.as_view(), name="live"),
    path("health/ready", pages.ReadyView.as_view(), name="ready"),
]
docs = [
    re_path(r"^docs/?$", pages.docs, name="docs"),
    path("docs/errors", pages.errors, name="errors"),
]
api = [
    *(path("", include(f"{app}.api.urls")) for app in ("generation", "billing", "webhooks", "atelier.access")),
    *service,
]
"""What the OpenAPI document describes."""

urlpatterns = [
    path("", pages.welcome, name="welcome"),
    path(settings.API_PREFIX, include([*api, *docs])),
    path("files/", include("storage.api.urls")),
    path("admin/", admin.site.urls),
    path("metrics", metrics.show, name="metrics"),
    *service,
    *docs,
]

handler400 = "atelier.core.http.exception_handler.bad_request"
handler403 = "atelier.core.http.exception_handler.permission_denied"
handler404 = "atelier.core.http.exception_handler.unknown_path"
handler500 = "atelier.core.http.exception_handler.server_error"
