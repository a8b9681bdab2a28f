#!/bin/sh
# Format, lint, types, import contracts, dead code, migrations. Runs all of them, then fails if one failed.
cd "$(dirname "$0")/.." || exit 1
bin=.venv/bin
failed=

step() {
    name=$1
    shift
    printf '== %s\n' "$name"
    "$@" || failed="$failed $name"
}

# Settings are read when Django is imported; nothing here connects to a server.
export ATELIER_SECRET_KEY=only-for-checks-which-connect-to-nothing DATABASE_URL=postgresql://nobody@127.0.0.1:1/none ATELIER_STORAGE_URL=file:///nowhere

step format $bin/ruff format --check .
step lint $bin/ruff check .
step types $bin/mypy
step imports $bin/lint-imports --config setup.cfg
step dead-code $bin/python deploy/dead_code.py
step migrations $bin/python manage.py makemigrations --check --dry-run
step deployment $bin/python manage.py check
[ -z "$failed" ] || { printf 'failed:%s\n' "$failed"; exit 1; }
printf 'all good\n'
