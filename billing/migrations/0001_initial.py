"""Accounts, transfers, holds and how they end, adjustments, prices."""

import functools

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import atelier.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("granted", "granted"),
                            ("available", "available"),
                            ("held", "held"),
                            ("earned", "earned"),
                        ],
                        max_length=10,
                    ),
                ),
                ("balance", models.BigIntegerField(default=0)),
                ("version", models.BigIntegerField(default=0)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
                ("floor", models.BigIntegerField(db_default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "kind"), name="account_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("granted", "available", "held", "earned"))),
                        name="account_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "granted"), ("balance__gte", models.F("floor")), _connector="OR"),
                        name="account_not_overdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("floor", 0), models.Q(("floor__lt", 0), ("kind", "available")), _connector="OR"
                        ),
                        name="account_floor_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "trf"),
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grant", "grant"),
                            ("hold", "hold"),
                            ("capture", "capture"),
                            ("release", "release"),
                            ("refund", "refund"),
                            ("expire", "expire"),
                            ("adjust", "adjust"),
                            ("deduct", "deduct"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("debit_balance", models.BigIntegerField(null=True)),
                ("debit_version", models.BigIntegerField(null=True)),
                ("credit_balance", models.BigIntegerField(null=True)),
                ("credit_version", models.BigIntegerField(null=True)),
                ("reference", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("idempotency_key", models.CharField(max_length=120, unique=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "credit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="billing.account",
                    ),
                ),
                (
                    "debit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debits",
                        to="billing.account",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
                ("actor", models.CharField(blank=True, db_default="", max_length=60)),
                ("chain_seq", models.BigIntegerField(db_default=0, editable=False)),
                ("expires_at", models.DateTimeField(null=True)),
                ("hash", models.BinaryField(db_default=models.Value(b""))),
                ("prev_hash", models.BinaryField(db_default=models.Value(b""))),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "-created_at"], name="transfer_by_workspace"),
                    models.Index(fields=["-created_at"], name="transfer_newest"),
                    models.Index(condition=models.Q(("kind", "refund")), fields=["reference"], name="transfer_refunds"),
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False)),
                        fields=["expires_at"],
                        name="transfer_expiring",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="transfer_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ("grant", "hold", "capture", "release", "refund", "expire", "adjust", "deduct"),
                            )
                        ),
                        name="transfer_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("debit", models.F("credit")), _negated=True), name="transfer_moves"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at", None), ("kind", "grant"), _connector="OR"),
                        name="transfer_only_grants_expire",
                    ),
                    models.UniqueConstraint(
                        fields=("workspace", "chain_seq"), name="transfer_chain_seq", nulls_distinct=False
                    ),
                    models.UniqueConstraint(
                        fields=("workspace", "prev_hash"), name="transfer_chain_prev", nulls_distinct=False
                    ),
                    models.UniqueConstraint(fields=("debit", "debit_version"), name="transfer_debit_version"),
                    models.UniqueConstraint(fields=("credit", "credit_version"), name="transfer_credit_version"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "hld"),
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("reference", models.CharField(max_length=60, unique=True)),
                ("amount", models.BigIntegerField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
                (
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hold", to="billing.transfer"
                    ),
                ),
                ("chain_seq", models.BigIntegerField(db_default=0, editable=False)),
                ("hash", models.BinaryField(db_default=models.Value(b""))),
                ("prev_hash", models.BinaryField(db_default=models.Value(b""))),
            ],
            options={
                "indexes": [models.Index(fields=["-created_at"], name="hold_newest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="hold_positive"),
                    models.UniqueConstraint(fields=("id", "workspace", "amount"), name="hold_facts_key"),
                    models.UniqueConstraint(
                        fields=("workspace", "chain_seq"), name="hold_chain_seq", nulls_distinct=False
                    ),
                    models.UniqueConstraint(
                        fields=("workspace", "prev_hash"), name="hold_chain_prev", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldOutcome",
            fields=[
                (
                    "hold",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="outcome",
                        serialize=False,
                        to="billing.hold",
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("captured", models.BigIntegerField()),
                ("released", models.BigIntegerField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "capture",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.transfer"
                    ),
                ),
                (
                    "release",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.transfer"
                    ),
                ),
                ("chain_seq", models.BigIntegerField(db_default=0, editable=False)),
                ("expired", models.BooleanField(db_default=False)),
                ("hash", models.BinaryField(db_default=models.Value(b""))),
                ("prev_hash", models.BinaryField(db_default=models.Value(b""))),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("captured"), "+", models.F("released")
                                ),
                            ),
                            ("captured__gte", 0),
                            ("released__gte", 0),
                        ),
                        name="outcome_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("capture", None), ("captured", 0)),
                            models.Q(("capture__isnull", False), ("captured__gt", 0)),
                            _connector="OR",
                        ),
                        name="outcome_capture_booked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("release", None), ("released", 0)),
                            models.Q(("release__isnull", False), ("released__gt", 0)),
                            _connector="OR",
                        ),
                        name="outcome_release_booked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expired", False), ("captured", 0), _connector="OR"),
                        name="outcome_expired_uncaptured",
                    ),
                    models.UniqueConstraint(
                        fields=("workspace", "chain_seq"), name="outcome_chain_seq", nulls_distinct=False
                    ),
                    models.UniqueConstraint(
                        fields=("workspace", "prev_hash"), name="outcome_chain_prev", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GrantEnd",
            fields=[
                (
                    "grant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="end",
                        serialize=False,
                        to="billing.transfer",
                    ),
                ),
                ("expired", models.BigIntegerField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "transfer",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.transfer"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expired", 0), ("transfer", None)),
                            models.Q(("expired__gt", 0), ("transfer__isnull", False)),
                            _connector="OR",
                        ),
                        name="grant_end_booked",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=functools.partial(atelier.core.ids.new_id, "adj"),
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("asked_by", models.CharField(max_length=60)),
                ("second_needed", models.BooleanField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="adjustment_moves"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="adjustment_has_reason"
                    ),
                    models.UniqueConstraint(fields=("id", "asked_by", "second_needed"), name="adjustment_asked_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdjustmentDecision",
            fields=[
                (
                    "adjustment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="decision",
                        serialize=False,
                        to="billing.adjustment",
                    ),
                ),
                ("asked_by", models.CharField(max_length=60)),
                ("second_needed", models.BooleanField()),
                ("decided_by", models.CharField(max_length=60)),
                ("approved", models.BooleanField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_needed", False),
                            ("approved", False),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_by_four_eyes",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditLine",
            fields=[
                ("tier", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("credits", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("credits__gte", 0)), name="credit_line_not_negative")
                ],
            },
        ),
        migrations.CreateModel(
            name="RateCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_from", models.DateTimeField(unique=True)),
                ("steps", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BookCheck",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("ran_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("differences", models.JSONField(default=dict)),
            ],
        ),
    ]
