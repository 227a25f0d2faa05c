# Makes, runs and removes one PostgreSQL cluster. A process of its own, so that the cluster goes away however the test
# process ends: standard input is a pipe from the test process, and its end is the signal.
#
# Arguments: the directory of PostgreSQL's programs, the directory to work in, the port, durable or fast.
# Standard input: the password in the first line, then a line `crash` for each stop without warning and new start.
# Standard output: `ready` after each start, or anything else and the end when it cannot.

# Handled, not ignored: a handler does not pass on to PostgreSQL, and the clean-up below still runs.
trap : HUP INT PIPE TERM

programs=$1 parent=$2 port=$3 mode=$4
read -r password || exit 0
directory=$(mktemp -d "$parent/portcullis-postgres.XXXXXXXX" 2>&1) || { echo "$directory"; exit 1; }
data=$directory/data

remove() {
  if [ -f "$data/postmaster.pid" ]; then
    "$programs/pg_ctl" -D "$data" -m immediate -w stop </dev/null >/dev/null 2>&1
  fi
  rm -rf "$directory"
}

fail() {
  cat "$directory"/*.log
  remove
  exit 1
}

make() {
  (umask 077; printf '%s\n' "$password" >"$directory/password")
  "$programs/initdb" -D "$data" -U portcullis --auth=password --pwfile="$directory/password" \
    --encoding=UTF8 --locale=C --no-sync </dev/null >"$directory/initdb.log" 2>&1 || return 1
  {
    echo "listen_addresses = '127.0.0.1'"
    echo "port = $port"
    echo "unix_socket_directories = ''"
    echo "max_connections = 400"
    if [ "$mode" = fast ]; then
      echo "fsync = off"
      echo "full_page_writes = off"
      echo "synchronous_commit = off"
    fi
  } >>"$data/postgresql.conf"
}

start() {
  "$programs/pg_ctl" -D "$data" -l "$directory/server.log" -w start \
    </dev/null >"$directory/start.log" 2>&1
}

make && start || fail
echo ready
while read -r command; do
  case $command in
    crash)
      "$programs/pg_ctl" -D "$data" -m immediate -w stop </dev/null >/dev/null 2>&1
      start || fail
      echo ready
      ;;
  esac
done
remove
