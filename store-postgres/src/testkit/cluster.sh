# Starts a PostgreSQL server in a directory of its own, says where, and stops it when standard input ends. Until then it
# does what it reads, `stop` as in a crash and `start` again, and says when that is done.
# $1: where the programs are; $2: `durable`, if what is committed shall reach the disk. What goes wrong is said on
# standard output.
set -eu
exec 2>&1
programs=$1

# What a crash of the machine left behind; a test program does not run for half a day.
find /tmp -maxdepth 1 -name 'incident-desk-pg.*' -user "$(id -un)" -mmin +720 -exec rm -rf {} + || true

directory=$(mktemp -d /tmp/incident-desk-pg.XXXXXX)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
failed() {
  echo "failed:"
  tail -n 20 log
  exit 1
}

"$programs/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync >log 2>&1 </dev/null || failed

if [ "${2-}" = durable ]; then
  set -- -c shared_buffers=512MB -c max_wal_size=8GB -c checkpoint_timeout=1h
else
  # Nothing here has to survive a power cut.
  set -- -c shared_buffers=64MB -c fsync=off -c full_page_writes=off -c autovacuum=off
fi
start() {
  "$programs/postgres" -D data -k "$directory" -c listen_addresses= -c max_connections=300 "$@" \
    >>log 2>&1 </dev/null &
  server=$!
  until "$programs/pg_isready" -q -h "$directory"; do
    kill -0 $server || failed
    sleep 0.05
  done
}
stop() {
  kill -QUIT $server
  wait $server || true
}
start "$@"
echo "$directory"

while read -r order; do
  $order "$@"
  echo done
done
stop
