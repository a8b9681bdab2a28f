"""Django's PostgreSQL backend, told for whom each statement acts."""
