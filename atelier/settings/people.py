"""How people log in: passwords that cannot be guessed, by anybody, often; and a second factor."""

from datetime import timedelta

from atelier.settings import env

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["ip_address"]
"""By address, never by name: else anybody could lock out an operator whose name he knows."""
AXES_CLIENT_IP_CALLABLE = "atelier.accounts.logins.login_address"
AXES_LOCKOUT_CALLABLE = "atelier.accounts.logins.answer_locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS = ["username", "otp_token"]
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "Atelier"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
ATELIER_ADMIN_SECOND_FACTOR = env.flag("ATELIER_ADMIN_SECOND_FACTOR")
