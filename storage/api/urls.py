"""Mounted at /files/, the path that `storage.links` writes into its links."""

from django.urls import path

from storage.api.views import FileView

urlpatterns = [path("<path:token>", FileView.as_view(), name="file")]
