"""Django's PostgreSQL backend, whose every message names the tenant and the time limit of its statements."""
