"""Tokens of the platform around this service: who signs them, for whom they are, where the keys are."""

from django.core.exceptions import ImproperlyConfigured

from atelier.settings import env

ATELIER_JWT_ISSUER = env.text("ATELIER_JWT_ISSUER", "")
ATELIER_JWT_AUDIENCE = env.text("ATELIER_JWT_AUDIENCE", "")
ATELIER_JWT_JWKS_URL = env.text("ATELIER_JWT_JWKS_URL", "")
ATELIER_JWT_CA_FILE = env.text("ATELIER_JWT_CA_FILE", "")
ATELIER_JWT_WORKSPACE_CLAIM = env.text("ATELIER_JWT_WORKSPACE_CLAIM", "workspace")
ATELIER_JWT_ROLE_CLAIM = env.text("ATELIER_JWT_ROLE_CLAIM", "")
ATELIER_JWT_LONGEST_SECONDS = env.number("ATELIER_JWT_LONGEST_SECONDS", 86_400)

_named = (ATELIER_JWT_ISSUER, ATELIER_JWT_AUDIENCE, ATELIER_JWT_JWKS_URL)
if any(_named) and not all(_named):
    raise ImproperlyConfigured(
        "Set ATELIER_JWT_ISSUER, ATELIER_JWT_AUDIENCE and ATELIER_JWT_JWKS_URL, or none of them."
    )
