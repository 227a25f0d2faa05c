#!/bin/sh
# fuzz.sh: runs each fuzz target for FUZZ_SECONDS (60). Inputs that were found worth keeping gather in fuzz/corpus, and one
# that fails is left in fuzz/failures. Names of targets after it run these alone.
#
# The counters that guide the search are compiled in by LLVM; that needs no compiler but the one that builds the rest.
set -eu
cd "$(dirname "$0")/../fuzz"
seconds=${FUZZ_SECONDS:-60}
[ $# -gt 0 ] || set -- pattern condition authzen world

../build/require.sh g++ c++
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"
built=${CARGO_TARGET_DIR:-target}/$host/fuzz

for target; do
  cargo build --locked --profile fuzz --target "$host" --bin "$target"
  mkdir -p "corpus/$target" "failures/$target"
  words=
  [ ! -f "words/$target" ] || words="-dict=words/$target"
  # shellcheck disable=SC2086
  "$built/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 \
    -artifact_prefix="failures/$target/" $words "corpus/$target" "seeds/$target" 2>"failures/$target.log" ||
    { tail -n 40 "failures/$target.log" >&2; exit 1; }
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "failures/$target.log")
  echo "$target: $executions inputs in $seconds s, none failed"
done
