#!/usr/bin/env bash
# Builds the fuzz targets and runs each for FUZZ_SECONDS (default 60) over its corpus in tests/fuzz/corpus/<target>.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v clang++-19 >/dev/null || { echo "fuzz: clang++-19 is missing: install clang-19" >&2; exit 1; }
cmake --preset fuzz
cmake --build --preset fuzz -j "${JOBS:-$(nproc)}"
shopt -s nullglob
targets=()
for target in build/fuzz/tests/fuzz/fuzz_*; do
  [ -f "$target" ] && [ -x "$target" ] && targets+=("$target")
done
[ "${#targets[@]}" -gt 0 ] || { echo "fuzz: no fuzz target was built" >&2; exit 1; }
for target in "${targets[@]}"; do
  name=$(basename "$target")
  # New inputs go to the build folder; the committed seeds are only read.
  mkdir -p "build/fuzz/corpus/$name"
  seeds=("tests/fuzz/corpus/$name")
  [ -d "${seeds[0]}" ] || seeds=()
  echo "== $name"
  "$target" -max_total_time="${FUZZ_SECONDS:-60}" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/corpus/$name/" "build/fuzz/corpus/$name" "${seeds[@]}"
done
