#!/bin/sh
# console.sh [--optional]: builds the console into console/built/pages, where the build of the server finds it. Without
# Node 20.19 or newer this stops; with --optional it says so and goes on, and the server shows how to build it.
set -eu
cd "$(dirname "$0")/../console"

new_enough() {
  command -v npm >/dev/null 2>&1 && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
}

if ! new_enough; then
  echo "the console needs Node 20.19 or newer, with npm: see https://nodejs.org" >&2
  [ "${1:-}" = --optional ] || exit 1
  echo "going on without the console; all else works" >&2
  exit 0
fi
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund
fi
npm run --silent build
