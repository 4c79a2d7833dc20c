# Starts a PostgreSQL server in a directory of its own, says where, and stops it when standard input ends.
# $1: where the programs are. What goes wrong is said on standard output.
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

# Nothing here has to survive a power cut.
"$programs/postgres" -D data -k "$directory" -c listen_addresses= -c max_connections=300 \
  -c fsync=off -c full_page_writes=off -c autovacuum=off -c shared_buffers=64MB >>log 2>&1 </dev/null &
server=$!
until "$programs/pg_isready" -q -h "$directory"; do
  kill -0 $server || failed
  sleep 0.05
done
echo "$directory"

cat >/dev/null
kill -QUIT $server
wait $server || true
