#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own, which is gone afterwards, whatever happens.
#
#   tests/with-postgres.sh cargo nextest run
#
# The command gets TEST_POSTGRES_URL, of a user who may make databases, and its exit code is ours. Where
# TEST_POSTGRES_URL is set already, that server is used and none is started. POSTGRES_BIN names the folder of the
# server's programs where they are in no usual place.
set -euo pipefail

if (($# == 0)); then
  echo "usage: tests/with-postgres.sh COMMAND [ARGUMENT]…" >&2
  exit 2
fi
if [ -n "${TEST_POSTGRES_URL:-}" ]; then exec "$@"; fi

bin=${POSTGRES_BIN:-}
if [ -z "$bin" ]; then
  # Debian keeps them out of PATH, one folder a version.
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
  if command -v initdb >/dev/null; then bin=$(dirname "$(command -v initdb)"); fi
fi
if [ ! -x "$bin/initdb" ]; then
  echo "with-postgres: no PostgreSQL here: install it (Debian: postgresql), or set TEST_POSTGRES_URL" >&2
  exit 1
fi

# A socket in a folder of its own: no port that another program may have, and a path that is short enough.
folder=$(mktemp -d /tmp/vendgraph-postgres.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
  # The server refuses to be root.
  chown postgres: "$folder"
  as=(runuser -u postgres --)
fi
cd "$folder"
{
  "${as[@]}" "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync
  # What a test stores need not outlive the machine.
  "${as[@]}" "$bin/pg_ctl" start -w -D "$folder/data" -l "$folder/log" -o "-k $folder -c listen_addresses='' \
    -c fsync=off -c full_page_writes=off -c max_connections=300 -c log_min_messages=error"
} >"$folder/start" 2>&1 || { cat "$folder/start" "$folder/log" >&2 || true; rm -rf "$folder"; exit 1; }
cd "$OLDPWD"

# Reads until this script ends, in whichever way, and stops the server then.
exec 3> >(
  trap '' INT TERM HUP
  cat >/dev/null
  "${as[@]}" "$bin/pg_ctl" stop -w -m immediate -D "$folder/data" >/dev/null 2>&1
  rm -rf "$folder"
)
stopper=$!

code=0
TEST_POSTGRES_URL="postgres://postgres@${folder//\//%2F}/postgres" "$@" 3>&- || code=$?
exec 3>&-
wait "$stopper" || true
exit "$code"
