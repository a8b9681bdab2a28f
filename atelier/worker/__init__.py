"""What a Celery worker of ours does beside its tasks."""
