"""Asset: one delivered image, what is known of it and where its bytes are."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q

from atelier.core.db.tenancy import TenantRows
from atelier.core.ids import new_id
from storage.formats import CONTENT_TYPES, file_name


class Asset(models.Model):
    """Never changed once written. `source_id` names what it was made for (a generation), `ordinal` counts from 0."""

    id = models.CharField(primary_key=True, max_length=32, default=partial(new_id, "img"), editable=False)
    workspace = models.ForeignKey("accounts.Workspace", models.PROTECT, related_name="assets")
    source_id = models.CharField(max_length=32)
    ordinal = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=300, unique=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=8, choices=[(name, name) for name in CONTENT_TYPES])
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = TenantRows()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_id", "ordinal"], name="asset_once"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="asset_sha256_is_hex"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0, width__gt=0, height__gt=0), name="asset_is_not_empty"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="asset_expires_later"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="asset_by_workspace"),
            models.Index(fields=["created_at"], name="asset_by_time"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def filename(self) -> str:
        return file_name(self.source_id, self.ordinal, self.format)

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.format]
