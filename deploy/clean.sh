#!/bin/sh
# Removes what running Atelier leaves in the project. A stack that is up is left alone.
set -eu
cd "$(dirname "$0")/.."
if [ -e .atelier/lock ] && ! flock -n .atelier/lock true; then
    printf 'A stack is running here: stop it first (Ctrl-C where it runs, or kill its process; see .atelier/env).\n' >&2
    exit 1
fi
rm -rf .atelier .pytest_cache .ruff_cache .mypy_cache .hypothesis .schemathesis .install.lock
find . -path ./.venv -prune -o -type d -name __pycache__ -exec rm -rf {} +
printf 'Clean. Pictures in out/ and the packages in .venv are still there.\n'
