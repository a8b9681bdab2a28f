"""Mounted below API_PREFIX."""

from django.urls import path

from billing.api.views import LedgerView, UsageView

urlpatterns = [
    path("account/ledger", LedgerView.as_view(), name="ledger"),
    path("account/usage", UsageView.as_view(), name="usage"),
]
