"""A backend on Django's for PostgreSQL: every message sets the tenant and the time limit of its statements."""
