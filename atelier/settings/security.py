"""Secrets, hosts, cookies, headers."""

from atelier.settings import env

SECRET_KEY = env.secret("ATELIER_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.names("ATELIER_SECRET_KEY_FALLBACKS")
"""Earlier keys: what they signed stays valid, nothing is signed with them any more."""
DEBUG = env.flag("ATELIER_DEBUG")
ALLOWED_HOSTS = env.names("ATELIER_ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = env.names("ATELIER_TRUSTED_ORIGINS")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
_https = env.text("ATELIER_PUBLIC_URL", "http://127.0.0.1:8000").startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("ATELIER_BEHIND_PROXY") else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
