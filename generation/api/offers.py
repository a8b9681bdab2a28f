"""What there is to choose from and what it costs: models, styles, a price, the account."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from atelier.accounts.api import ApiView, json_answer
from atelier.accounts.models import Workspace
from billing.selectors import get_balance
from generation.api import operations
from generation.api.answers import (
    Account,
    AccountLimits,
    AccountUsage,
    Model,
    Models,
    Rate,
    Size,
    Style,
    Styles,
)
from generation.catalog import get_catalog, list_knowledge
from generation.kinds import KINDS
from generation.kinds.kind import Kind
from generation.kinds.submission import SubmissionBody
from generation.pipeline.catalog import ModelEntry, StyleEntry
from generation.resource import GenerationPrice
from generation.selectors import list_served_models
from generation.services.admission import admit
from generation.services.drafts import limits_of
from generation.services.estimates import get_next_position, get_outlook
from generation.services.usage import get_usage


def describe_price(workspace: Workspace, kind: Kind, body: SubmissionBody) -> GenerationPrice:
    """The answer to `?dryRun=true`: everything is checked, nothing is stored."""
    admitted = admit(workspace, kind, body)
    balance = get_balance(workspace.id)
    position = get_next_position(workspace.id, workspace.limits.queue)
    return GenerationPrice(
        credits=admitted.credits,
        balance=balance.available,
        affordable=balance.spendable >= admitted.credits,
        estimated_time_seconds=get_outlook().total_seconds(admitted.spec, position),
        model=admitted.spec.model,
    )


class ModelsView(ApiView):
    """GET /models."""

    needs = {"GET": "catalogue:read"}

    @operations.list_models
    def get(self, request: Request) -> HttpResponse:
        served = list_served_models() or set()
        return json_answer(Models(models=[_model(entry, entry.name in served) for entry in get_catalog().models]))


def _model(entry: ModelEntry, available: bool) -> Model:
    return Model(
        name=entry.name,
        title=entry.title,
        revision=entry.revision,
        licence=entry.licence,
        generation_types=list(entry.serves),
        default_for=list(entry.default_for),
        native_size=Size(width=entry.native_side, height=entry.native_side),
        note=entry.note,
        available=available,
        knows=list_knowledge(entry.name),
    )


class StylesView(ApiView):
    """GET /styles."""

    needs = {"GET": "catalogue:read"}

    @operations.list_styles
    def get(self, request: Request) -> HttpResponse:
        return json_answer(Styles(styles=[_style(entry) for entry in get_catalog().styles]))


def _style(entry: StyleEntry) -> Style:
    return Style(
        name=entry.name,
        title=entry.title,
        generation_type=entry.generation_type,
        prompt_suffix=entry.prompt_suffix,
        negative_prompt=entry.negative,
    )


class AccountView(ApiView):
    """GET /account."""

    needs = {"GET": "account:read"}

    @operations.get_account
    def get(self, request: Request) -> HttpResponse:
        workspace = self.caller.workspace
        balance, usage = get_balance(workspace.id), get_usage(workspace.id)
        account = Account(
            workspace_id=workspace.id,
            name=workspace.name,
            tier=workspace.tier,
            balance=balance.available,
            held=balance.held,
            credit_line=balance.line,
            limits=_limits(workspace),
            usage=AccountUsage(today=usage.today, credits_this_month=usage.credits_this_month),
        )
        return json_answer(account)


def _limits(workspace: Workspace) -> AccountLimits:
    tier, limits = workspace.limits, limits_of(workspace, *KINDS.values())
    return AccountLimits(
        queue=tier.queue,
        running_at_once=tier.running_at_once,
        jobs_per_hour=tier.jobs_per_hour,
        burst=tier.burst,
        target_wait_seconds=tier.target_wait_seconds,
        retention_days=tier.retention_days,
        credits_per_month=tier.credits_per_month,
        largest_side=tier.largest_side,
        rates={limit.name: Rate(requests=limit.amount, seconds=limit.period) for limit in limits},
    )
