#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml wants, where they are not there yet: deploy/secrets/, one file each.
#
# The gateways run as nobody in particular and must read them, so the files are readable by all; the folder is not.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

make() { # NAME COMMAND…: writes what the command prints, without a line's end, unless the file is there
  if [ -e "secrets/$1" ]; then return; fi
  "${@:2}" | tr -d '\n' >"secrets/.$1"
  chmod 444 "secrets/.$1"
  mv "secrets/.$1" "secrets/$1"
  echo "made deploy/secrets/$1"
}
random() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }

make jwt_secret random
make postgres_password random
make grafana_password random
make store_url printf 'postgres://vendgraph:%s@postgres:5432/vendgraph' "$(cat secrets/postgres_password)"
