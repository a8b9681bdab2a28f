"""The REST API and its OpenAPI document."""

from atelier import __version__
from atelier.settings import env

API_PREFIX = "api/v1/atelier/"
ATELIER_RATE_LIMITS = env.flag("ATELIER_RATE_LIMITS", True)
ATELIER_METRICS_TOKEN = env.text("ATELIER_METRICS_TOKEN", "")
ATELIER_STAGE_BUDGETS = env.number("ATELIER_STAGE_BUDGETS", 1)
"""What the budgets of the request's stages are multiplied with; 0 switches the deadlines off."""
ATELIER_WATCHERS = int(env.number("ATELIER_WATCHERS", 8))
"""Event streams and waiting requests a process: each holds a thread, so it must stay below the server's threads."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "atelier.accounts.authentication.ApiKeyAuthentication",
        "atelier.accounts.platform.authentication.PlatformTokenAuthentication",
        "atelier.accounts.authentication.WorkspaceSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["atelier.accounts.authentication.IsAllowed"],
    "DEFAULT_PARSER_CLASSES": ["atelier.core.http.parsers.StrictJsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "atelier.accounts.api.DescribedOperation",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "atelier.core.http.negotiation.Negotiation",
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "atelier.core.http.exception_handler.to_problem",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Atelier",
    "DESCRIPTION": "Prompts in, delivered pictures out.",
    "VERSION": __version__,
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/atelier",
    "COMPONENT_SPLIT_PATCH": False,  # a body's component has the name of its class, whatever the method
    "POSTPROCESSING_HOOKS": ["atelier.site.openapi.complete"],
}
