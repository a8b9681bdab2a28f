#!/bin/sh
# Makes .venv and keeps it in step with requirements/locked, which `make lock` writes from requirements/*.txt.
# Usage: deploy/install.sh stack|test [rabbitmq] [pgbouncer]
# Does nothing, in a few milliseconds, when nothing has changed.
set -eu
cd "$(dirname "$0")/.."
set_name=$1
shift
python=${PYTHON:-python3.11}
rabbitmq=/usr/lib/rabbitmq/bin/rabbitmq-server
pgbouncer=/usr/sbin/pgbouncer

say() { printf '%s\n' "$*" >&2; }
fail() { say "Atelier: $*"; exit 1; }

# The prefix that makes a command run as root: empty for root, "sudo -n" where no password is asked. Fails otherwise.
root_prefix() {
    if [ "$(id -u)" = 0 ]; then return 0; fi
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then printf 'sudo -n'; return 0; fi
    return 1
}

# apt_install PACKAGE WHAT_FOR: install one system package without starting its daemon.
apt_install() {
    command -v apt-get >/dev/null 2>&1 || fail "$2 is missing and there is no apt-get here: install $1, then try again."
    prefix=$(root_prefix) || fail "$2 is missing. Run: sudo apt-get install $1   (or try again as root)"
    say "Atelier: installing $1 by apt ($2)"
    policy=/usr/sbin/policy-rc.d
    made=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $prefix tee "$policy" >/dev/null
        $prefix chmod 755 "$policy"
        made=$policy
    fi
    get="$prefix env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $1"
    status=0
    $get >/dev/null 2>&1 || {
        # The list of packages may be old, or not there yet.
        $prefix apt-get update -q >&2 || true
        $get >&2 || status=$?
    }
    if [ -n "$made" ]; then $prefix rm -f "$made"; fi
    [ "$status" = 0 ] || fail "apt-get could not install $1 ($2); its messages stand above."
}

make_venv() {
    command -v "$python" >/dev/null 2>&1 || fail "$python is missing. On Debian 12: apt-get install python3.11 python3.11-venv
Another one can be named: PYTHON=/path/to/python3.11 make ..."
    "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
        fail "$python is not Python 3.11; the pinned packages are chosen for 3.11."
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        apt_install python3.11-venv "Python's venv module"
    fi
    say "Atelier: making .venv"
    "$python" -m venv --clear .venv
}

# The set "test" contains the set "stack", so either stamp of the same requirements will do for "stack".
wanted=$(cat requirements/*.txt requirements/locked/*.txt | sha256sum | cut -d' ' -f1)
is_installed() { [ -x .venv/bin/python ] && [ "$(cat ".venv/.installed-$1" 2>/dev/null)" = "$wanted" ]; }

pip=".venv/bin/python -m pip --disable-pip-version-check"

# install_locked NAME [OPTION...]: the packages of requirements/locked/NAME.txt alone, each with one of the hashes there.
install_locked() {
    locked=requirements/locked/$1.txt
    shift
    $pip install -q --no-deps --require-hashes "$@" -r "$locked" ||
        fail "pip could not install $locked; its messages stand above."
}
wants_cuda='import importlib.metadata as m, sys; sys.exit(not any("cuda" in r for r in m.requires("torch") or ()))'

install_packages() {
    [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || make_venv
    say "Atelier: installing Python packages (about two minutes the first time)"
    # torch first: its build differs by device, and only the one for CUDA needs the packages of cuda.txt. It is fetched
    # before its hash is checked, because pip prefers the index's build, whose hash it knows, to a wheel on this machine.
    rm -rf .venv/torch
    torch=$(sed -n 's/^\(torch==[^ ]*\).*/\1/p' requirements/locked/torch.txt)
    $pip download -q --no-deps --dest .venv/torch "$torch" || fail "pip could not install $torch: no file was fetched."
    install_locked torch --no-index --find-links .venv/torch
    rm -rf .venv/torch
    if .venv/bin/python -c "$wants_cuda"; then install_locked cuda; fi
    install_locked "$set_name"
    # Wanted for the weights inside them only: what they depend on is not locked.
    install_locked weights
    rm -f .venv/.installed-*
    printf '%s\n' "$wanted" >".venv/.installed-$set_name"
}

case $set_name in stack | test) ;; *) fail "usage: deploy/install.sh stack|test [rabbitmq] [pgbouncer]" ;; esac
is_installed test || is_installed "$set_name" || {
    # Two makes at once: the second waits, then finds the work done.
    exec 9>.install.lock
    flock 9
    is_installed test || is_installed "$set_name" || install_packages
    exec 9>&-
}
for system in "$@"; do
    case $system in
    rabbitmq) [ -x "$rabbitmq" ] || apt_install rabbitmq-server "RabbitMQ, the broker of the server stack" ;;
    pgbouncer) [ -x "$pgbouncer" ] || apt_install pgbouncer "PgBouncer, a pooler that the tests put in front" ;;
    *) fail "unknown word $system: rabbitmq and pgbouncer are known." ;;
    esac
done
