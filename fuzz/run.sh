#!/usr/bin/env bash
# Builds the targets and runs each for a while; ends with an error where one finds something.
#
#   fuzz/run.sh SECONDS [TARGET]…
#
# What is found lies in target/fuzz/found/TARGET-*, and is tried again with `fuzz/run.sh again FILE TARGET`. The inputs
# that reach something new are kept in target/fuzz/corpus, so that a later run goes on from there.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET]…}
shift
again=
if [ "$seconds" = again ]; then again=$1; shift; fi
targets=("$@")
if ((${#targets[@]} == 0)); then
  mapfile -t targets < <(ls fuzz/targets | sed 's/\.rs$//')
fi

# What `cargo fuzz --sanitizer none` sets, by the stable compiler's own switches. Naming the target keeps build scripts and
# macros out of it.
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=16"
# Its lock follows the program's: what the program came to need is added to it here.
cargo build --release --manifest-path fuzz/Cargo.toml --target-dir target/fuzz --target "$host" \
  $(printf -- '--bin %s ' "${targets[@]}")
programs=target/fuzz/$host/release

if [ -n "$again" ]; then exec "$programs/${targets[0]}" "$again"; fi

# Where a target's first inputs lie, beside fuzz/seeds/TARGET, and whose words it is given to play with: comparisons of texts
# lead it nowhere.
samples() {
  case $1 in
    inhand_*) echo tests/fixtures/inhand ;;
    dingshang_*) echo tests/fixtures/dingshang ;;
    documents | door) echo tests/fixtures/graphql ;;
  esac
}
sources() {
  case $1 in
    inhand_answers) echo src/vendor/inhand/wire* src/vendor/inhand/codes.rs ;;
    inhand_messages | pickup_calls) echo src/vendor/inhand/webhook/* src/vendor/inhand/wire* ;;
    dingshang_answers) echo src/vendor/dingshang/wire.rs src/vendor/dingshang/codes.rs ;;
    dingshang_callbacks) echo src/vendor/dingshang/webhook.rs ;;
    documents | door) echo schema.graphql ;;
    sockets) echo src/http/subscriptions/socket schema.graphql ;;
    configuration) echo docs/configuration.md ;;
    tokens | keys) echo src/auth/token.rs src/auth/keys.rs ;;
    ids | cursors) echo src/domain/id.rs ;;
  esac
}

failed=()
mkdir -p target/fuzz/found
for target in "${targets[@]}"; do
  corpus=target/fuzz/corpus/$target
  mkdir -p "$corpus"
  inputs=("$corpus")
  for folder in "fuzz/seeds/$target" $(samples "$target"); do
    if [ -d "$folder" ]; then inputs+=("$folder"); fi
  done
  words=target/fuzz/$target.dict dictionary=()
  read -ra texts <<<"$(sources "$target")"
  { if ((${#texts[@]})); then grep -rhoE '[A-Za-z_][A-Za-z0-9_:-]+' "${texts[@]}" | sort -u | sed 's/.*/"&"/'; fi; } >"$words"
  # One without words is an error to it.
  if [ -s "$words" ]; then dictionary=("-dict=$words"); fi
  printf '== %s\n' "$target"
  # What hangs is found after a minute, since somebody else may have the processors; each target bounds what it uses of them.
  if "$programs/$target" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -max_len=8192 "${dictionary[@]}" \
    -artifact_prefix="target/fuzz/found/$target-" -print_final_stats=1 "${inputs[@]}" >"target/fuzz/$target.log" 2>&1; then
    grep -E '^(#.*DONE|stat::(number_of_executed_units|peak_rss_mb))' "target/fuzz/$target.log" || true
  else
    failed+=("$target")
    tail -n 40 "target/fuzz/$target.log"
  fi
done
if ((${#failed[@]})); then
  echo "found something: ${failed[*]} (the logs and inputs are in target/fuzz)" >&2
  exit 1
fi
echo "nothing found in ${#targets[@]} targets, $seconds s each"
