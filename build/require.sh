#!/bin/sh
# require.sh PACKAGE COMMAND...: makes sure that the commands are there. What is missing is installed with Debian's
# PACKAGE when this is root on Debian; else the package is named and everything stops.
set -eu
package=$1
shift

has() {
  command -v "$1" >/dev/null 2>&1 && return
  # Debian keeps PostgreSQL's server programs off PATH.
  for program in /usr/lib/postgresql/*/bin/"$1"; do
    [ -x "$program" ] && return
  done
  return 1
}

missing() {
  for command in "$@"; do
    has "$command" || printf ' %s' "$command"
  done
}

[ -n "$(missing "$@")" ] || exit 0
echo "missing:$(missing "$@"), of Debian's package $package" >&2
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "install it and run this again: sudo apt-get install $package" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=300 update >&2
apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$package" >&2
[ -z "$(missing "$@")" ] || { echo "still missing:$(missing "$@")" >&2; exit 1; }
