"""Where pictures are kept."""

from atelier.settings import env

ATELIER_STORAGE_URL = env.text("ATELIER_STORAGE_URL")
AWS_ACCESS_KEY_ID = env.text("AWS_ACCESS_KEY_ID", "")
AWS_SECRET_ACCESS_KEY = env.text("AWS_SECRET_ACCESS_KEY", "")
ATELIER_LINK_SECONDS = 900
