"""What the operators' templates need: the dashboard's figures, and numbers that can be read."""

from __future__ import annotations

from django import template
from django.conf import settings

from atelier.admin.figures import Dashboard, read_dashboard

register = template.Library()


@register.simple_tag
def operator_dashboard() -> Dashboard:
    """The figures of the index page, read when the page is drawn."""
    return read_dashboard()


@register.simple_tag
def flower_url() -> str | None:
    """Where Flower is, when the settings say so."""
    return getattr(settings, "ATELIER_FLOWER_URL", None)


@register.filter
def grouped(number: int) -> str:
    """1234567 as 1,234,567."""
    return f"{number:,}"
