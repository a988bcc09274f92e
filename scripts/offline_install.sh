#!/bin/sh
# Install from this folder, without a network: ./install.sh /opt/cchc-2026-11 (a new folder for every version).
# Needs Python 3.11 with venv. Where Docker runs, the images of docker-compose.yaml are loaded too.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
target="${1:?where to: ./install.sh /opt/cchc}"
python="${PYTHON:-python3.11}"
if [ -e "$target" ]; then
    echo "$target is there already: name a new folder; the working folder (CCHC_WORKDIR) stays where it is" >&2
    exit 1
fi
cd "$here"
sha256sum --check --quiet --strict SHA256SUMS || { echo "the bundle is damaged: copy it again" >&2; exit 1; }
mkdir -p "$target"
tar -xzf source.tar.gz -C "$target"
"$python" -m venv "$target/.venv"
pip() { "$target/.venv/bin/python" -m pip --isolated --disable-pip-version-check --quiet "$@"; }
pip install --no-index --find-links wheels --no-deps --require-hashes --requirement requirements.lock
pip install --no-index --no-deps --no-build-isolation --editable "$target"
touch "$target/.venv/.installed" # make takes the environment for complete
if [ -f images.tar ] && docker info >/dev/null 2>&1; then
    docker load --input images.tar
fi
echo "Installed. Next: $target/.venv/bin/cchc doctor"
