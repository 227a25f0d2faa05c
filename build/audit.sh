#!/bin/sh
# Checks licences, sources, bans and advisories (deny.toml) of all dependencies. The advisories come from the network,
# or from the directory in ADVISORY_DB: what cargo-deny calls db-path, the parent of the clone of the database.
set -eu
cd "$(dirname "$0")/.."
command -v cargo-deny >/dev/null 2>&1 || cargo install --locked cargo-deny

if [ -z "${ADVISORY_DB:-}" ]; then
  exec cargo deny --locked check
fi

# cargo-deny takes the path from its configuration only.
cargo fetch --locked
config=$(mktemp ./deny.offline.XXXXXX)
trap 'rm -f "$config"' EXIT
awk -v db="$ADVISORY_DB" '{ print } /^\[advisories\]$/ { printf "db-path = \"%s\"\n", db }' deny.toml >"$config"
cargo deny --locked --offline --config "$config" check
