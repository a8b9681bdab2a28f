"""Mounted below API_PREFIX."""

from django.urls import path

from atelier.access.api import views

urlpatterns = [
    path("api-keys", views.KeyListView.as_view(), name="api-keys"),
    path("api-keys/<str:key_id>", views.KeyView.as_view(), name="api-key"),
    path("api-keys/<str:key_id>/rotate", views.RotateKeyView.as_view(), name="rotate-api-key"),
    path("members", views.MemberListView.as_view(), name="members"),
    path("members/<str:member_id>", views.MemberView.as_view(), name="member"),
    path("invitations", views.InvitationListView.as_view(), name="invitations"),
    path("invitations/<str:invitation_id>", views.InvitationView.as_view(), name="invitation"),
    path("my/invitations", views.MyInvitationsView.as_view(), name="my-invitations"),
    path("my/invitations/<str:invitation_id>", views.MyInvitationView.as_view(), name="my-invitation"),
    path("my/invitations/<str:invitation_id>/accept", views.AcceptInvitationView.as_view(), name="accept-invitation"),
]
