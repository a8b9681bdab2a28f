"""Pages of other origins that may use the API from a browser (CORS, WHATWG Fetch): those that the operator names."""

from atelier.settings import env
from atelier.settings.api import API_PREFIX

CORS_ALLOWED_ORIGINS = env.names("ATELIER_CORS_ORIGINS")
"""`https://app.example`: scheme, host and port, character by character; never `*`."""
CORS_URLS_REGEX = rf"^/({API_PREFIX}|files/|openapi\.json$)"
CORS_ALLOW_METHODS = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "prefer",
    "last-event-id",
    "cache-control",
    "x-request-id",
    "if-none-match",
    "range",
]
CORS_EXPOSE_HEADERS = [
    "Location",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "Preference-Applied",
    "X-Request-Id",
    "ETag",
    "Age",
    "Server-Timing",
    "Content-Disposition",
]
CORS_ALLOW_CREDENTIALS = False
"""Keys are sent in a header; a session is for pages of this origin alone."""
CORS_PREFLIGHT_MAX_AGE = 7200
"""Seconds; browsers keep a preflight no longer (Chromium: 7200)."""

CORS_MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware"] if CORS_ALLOWED_ORIGINS else []
