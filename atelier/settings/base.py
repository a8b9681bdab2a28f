"""Apps, middleware, templates, static files."""

from importlib.util import find_spec
from pathlib import Path

from atelier.settings import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent

INSTALLED_APPS = [
    "atelier.accounts.admin_config.OperatorsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "rest_framework",
    "drf_spectacular",
    # The files of Swagger UI: only the web process has them (requirements/api.txt).
    *(["drf_spectacular_sidecar"] if find_spec("drf_spectacular_sidecar") else []),
    "atelier",
    "atelier.accounts",
    "atelier.messaging.outbox",
    "atelier.audit",
    "billing",
    "storage",
    "webhooks",
    "generation",
]

MIDDLEWARE = [
    "atelier.core.http.middleware.RequestId",
    "atelier.core.http.middleware.NoTenantYet",
    "atelier.core.http.middleware.StageTimes",
    "atelier.core.http.middleware.ContentSecurity",
    "atelier.core.http.middleware.ChunkedBody",
    "atelier.core.http.middleware.NoNul",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "atelier.core.http.middleware.OperatorsSeeAll",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "atelier" / "templates"],  # before the admin's own, whose frame they extend
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

ROOT_URLCONF = "atelier.urls"
WSGI_APPLICATION = "atelier.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
ATELIER_PUBLIC_URL = env.text("ATELIER_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ATELIER_FLOWER_URL = env.text("ATELIER_FLOWER_URL", "")
ATELIER_CRASHPOINT = env.text("ATELIER_CRASHPOINT", "")
