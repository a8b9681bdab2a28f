"""Mounted below API_PREFIX."""

from django.urls import path

from atelier.access.api.views import KeyListView, KeyView, MemberListView, MemberView, RotateKeyView

urlpatterns = [
    path("api-keys", KeyListView.as_view(), name="api-keys"),
    path("api-keys/<str:key_id>", KeyView.as_view(), name="api-key"),
    path("api-keys/<str:key_id>/rotate", RotateKeyView.as_view(), name="rotate-api-key"),
    path("members", MemberListView.as_view(), name="members"),
    path("members/<str:member_id>", MemberView.as_view(), name="member"),
]
