"""Mounted below API_PREFIX."""

from django.urls import path

from generation.api.offers import AccountView, ModelsView, StylesView
from generation.api.views import EventsView, ProjectListView, ProjectView, RetryView, submission_view
from generation.kinds import KINDS

urlpatterns = [
    *(path(kind.path, submission_view(kind).as_view(), name=kind.path) for kind in KINDS.values()),
    path("projects", ProjectListView.as_view(), name="projects"),
    path("projects/<str:generation_id>", ProjectView.as_view(), name="project"),
    path("projects/<str:generation_id>/retry", RetryView.as_view(), name="retry"),
    path("projects/<str:generation_id>/events", EventsView.as_view(), name="events"),
    path("models", ModelsView.as_view(), name="models"),
    path("styles", StylesView.as_view(), name="styles"),
    path("account", AccountView.as_view(), name="account"),
]
