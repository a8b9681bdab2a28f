"""Mounted below API_PREFIX."""

from django.urls import path

from webhooks.api import views

ONE = "webhook-endpoints/<str:endpoint_id>"

urlpatterns = [
    path("webhook-endpoints", views.EndpointListView.as_view(), name="webhook-endpoints"),
    path("webhook-endpoints/default-secret", views.DefaultSecretView.as_view(), name="webhook-default-secret"),
    path(ONE, views.EndpointView.as_view(), name="webhook-endpoint"),
    path(f"{ONE}/rotate-secret", views.RotateView.as_view(), name="webhook-rotate"),
    path(f"{ONE}/test", views.TestView.as_view(), name="webhook-test"),
    path(f"{ONE}/replay", views.ReplayView.as_view(), name="webhook-replay"),
    path(f"{ONE}/deliveries", views.DeliveryListView.as_view(), name="webhook-deliveries"),
    path(f"{ONE}/deliveries/<str:delivery_id>/redeliver", views.RedeliverView.as_view(), name="webhook-redeliver"),
]
