"""Assets for operators: looked at, never changed."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from atelier.core.admin import ReadOnlyAdmin
from atelier.core.errors import AtelierError
from storage.models import Asset
from storage.services import link_asset


@admin.register(Asset)
class AssetAdmin(ReadOnlyAdmin):
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
    list_filter = ("format", "created_at")
    list_per_page = 25
    list_select_related = ("workspace",)
    search_fields = ("=id", "=source_id", "=sha256", "workspace__name")
    readonly_fields = ("thumbnail",)
    ordering = ("-created_at",)

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
            url, url, asset.filename,
        )  # fmt: skip

    @admin.display(description="size", ordering="size_bytes")
    def size(self, asset: Asset) -> str:
        return f"{asset.width} x {asset.height}, {asset.size_bytes / 1000:,.0f} kB"
