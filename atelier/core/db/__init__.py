"""PostgreSQL as the service uses it: tenants, deadlines, statements, notifications."""
