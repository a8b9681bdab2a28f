"""What there is to choose from and what it costs: models, styles, a price, the account."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from atelier.accounts.api import ApiView, json_answer
from atelier.accounts.models import Workspace
from billing.selectors import get_balance
from generation.api import operations
from generation.catalog import get_catalog, list_knowledge
from generation.pipeline.catalog import ModelEntry, StyleEntry
from generation.pipeline.request import GenerationRequest
from generation.selectors import list_served_models
from generation.services.admission import admit
from generation.services.estimates import get_next_position, get_outlook
from generation.services.submission import limits_of
from generation.services.usage import get_usage


def describe_price(workspace: Workspace, asked: GenerationRequest) -> dict[str, Any]:
    """The answer to `?dryRun=true`: everything is checked, nothing is stored."""
    admitted = admit(workspace, asked)
    balance = get_balance(workspace.id)
    position = get_next_position(workspace.id, workspace.limits.lane)
    return {
        "credits": admitted.credits,
        "balance": balance.available,
        "affordable": balance.spendable >= admitted.credits,
        "estimatedTimeSeconds": get_outlook().total_seconds(admitted.spec, position),
        "model": admitted.entry.name,
    }


class ModelsView(ApiView):
    """GET /models."""

    needs = {"GET": "catalogue:read"}

    @operations.list_models
    def get(self, request: Request) -> HttpResponse:
        served = list_served_models() or set()
        return json_answer({"models": [_model(entry, entry.name in served) for entry in get_catalog().models]})


def _model(entry: ModelEntry, available: bool) -> dict[str, Any]:
    return {
        "name": entry.name,
        "title": entry.title,
        "revision": entry.revision,
        "licence": entry.licence,
        "generationTypes": list(entry.serves),
        "defaultFor": list(entry.default_for),
        "nativeSize": {"width": entry.native_side, "height": entry.native_side},
        "note": entry.note,
        "available": available,
        "knows": list_knowledge(entry.name),
    }


class StylesView(ApiView):
    """GET /styles."""

    needs = {"GET": "catalogue:read"}

    @operations.list_styles
    def get(self, request: Request) -> HttpResponse:
        return json_answer({"styles": [_style(entry) for entry in get_catalog().styles]})


def _style(entry: StyleEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "title": entry.title,
        "generationType": entry.generation_type,
        "promptSuffix": entry.prompt_suffix,
        "negativePrompt": entry.negative,
    }


class AccountView(ApiView):
    """GET /account."""

    needs = {"GET": "account:read"}

    @operations.get_account
    def get(self, request: Request) -> HttpResponse:
        workspace = self.caller.workspace
        balance, usage = get_balance(workspace.id), get_usage(workspace.id)
        return json_answer({
            "workspaceId": workspace.id,
            "name": workspace.name,
            "tier": workspace.tier,
            "balance": balance.available,
            "held": balance.held,
            "creditLine": balance.line,
            "limits": _limits(workspace),
            "usage": {"today": usage.today, "creditsThisMonth": usage.credits_this_month},
        })  # fmt: skip


def _limits(workspace: Workspace) -> dict[str, Any]:
    tier = workspace.limits
    return {
        "queue": tier.lane,
        "runningAtOnce": tier.running_at_once,
        "jobsPerHour": tier.jobs_per_hour,
        "burst": tier.burst,
        "targetWaitSeconds": tier.target_wait_seconds,
        "retentionDays": tier.retention_days,
        "creditsPerMonth": tier.credits_per_month,
        "largestSide": tier.largest_side,
        "rates": {limit.name: {"requests": limit.amount, "seconds": limit.period} for limit in limits_of(workspace)},
    }
