"""Webhooks: which addresses may be called, how long a call may take, and where operators are told of trouble."""

from atelier.settings import env
from atelier.settings.security import SECRET_KEY

ATELIER_SEALING_KEYS = env.names("ATELIER_SEALING_KEYS") or [SECRET_KEY]
ATELIER_WEBHOOK_NETWORKS = env.names("ATELIER_WEBHOOK_NETWORKS")
ATELIER_WEBHOOK_PORTS = env.names("ATELIER_WEBHOOK_PORTS", "443")
ATELIER_WEBHOOK_HTTP = env.flag("ATELIER_WEBHOOK_HTTP")
ATELIER_WEBHOOK_NAMESERVERS = env.names("ATELIER_WEBHOOK_NAMESERVERS")
ATELIER_WEBHOOK_CA_FILE = env.text("ATELIER_WEBHOOK_CA_FILE", "")
ATELIER_WEBHOOK_SENDERS = int(env.number("ATELIER_WEBHOOK_SENDERS", 64))
ATELIER_WEBHOOK_RETENTION_DAYS = int(env.number("ATELIER_WEBHOOK_RETENTION_DAYS", 30))
ATELIER_SLACK_URL = env.text("ATELIER_SLACK_URL", "")
ATELIER_PAGERDUTY_KEY = env.text("ATELIER_PAGERDUTY_KEY", "")
ATELIER_PAGERDUTY_URL = env.text("ATELIER_PAGERDUTY_URL", "https://events.pagerduty.com/v2/enqueue")
