"""What a worker starts and ends with is attached once Celery has loaded its modules, and not before."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.source import PROJECT

PROGRAM = """
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from atelier.celery import app, second_app

def attached():
    signals = (worker_ready, worker_shutting_down, worker_shutdown)
    return [sorted(key[0] for key, _ in signal.receivers or () if isinstance(key[0], str)) for signal in signals]

print(attached())
app.loader.import_default_modules()
second_app().loader.import_default_modules()
print(attached())
"""


def test_a_worker_announces_itself_and_starts_the_courier() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], cwd=PROJECT, capture_output=True, text=True, check=True)
    before, after = run.stdout.splitlines()
    assert before == "[[], [], []]"
    assert after == "[['presence.start', 'webhooks.start'], ['presence.leave'], ['presence.end', 'webhooks.end']]"
