"""Assets for operators: looked at, never changed."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString

from atelier.core.admin.lists import BigTableAdmin, ReadOnlyAdmin
from atelier.core.admin.times import TimeRange
from atelier.core.errors import AtelierError
from storage.models import Asset
from storage.services import link_asset


@admin.register(Asset)
class AssetAdmin(ReadOnlyAdmin, BigTableAdmin):
    list_display = (
        "thumbnail",
        "id",
        "workspace",
        "source_id",
        "ordinal",
        "format",
        "size",
        "created_at",
        "expires_at",
    )
    list_filter = ("format", ("created_at", TimeRange))
    list_per_page = 25
    list_select_related = ("workspace",)
    search_fields = ("id",)
    search_help_text = (
        "An image's, a generation's or a workspace's id; else a SHA-256 or a part of the workspace's name in the newest"
        " 100,000 rows."
    )
    readonly_fields = ("thumbnail",)
    ordering = ("-created_at",)

    def by_index(self, term: str) -> Q | None:
        columns = {"img_": "id", "gen_": "source_id", "wsp_": "workspace_id"}
        column = columns.get(term[:4])
        return Q(**{column: term}) if column else None

    def by_reading(self, term: str) -> Q:
        return Q(sha256=term.lower()) | Q(workspace__name__icontains=term)

    @admin.display(description="image")
    def thumbnail(self, asset: Asset) -> SafeString | str:
        """The image itself, drawn small; a word in its place when no link can be made."""
        try:
            url = link_asset(asset).url
        except AtelierError as error:
            return error.title
        return format_html(
            '<a href="{}" rel="noreferrer"><img src="{}" alt="{}" loading="lazy" '
            'referrerpolicy="no-referrer" style="max-height:120px;max-width:160px"></a>',
            url,
            url,
            asset.filename,
        )

    @admin.display(description="size", ordering="size_bytes")
    def size(self, asset: Asset) -> str:
        return f"{asset.width} x {asset.height}, {asset.size_bytes / 1000:,.0f} kB"
