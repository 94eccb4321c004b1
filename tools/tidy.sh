#!/usr/bin/env bash
# Runs clang-tidy over the sources below src/, or over the files that are named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v clang-tidy-19 >/dev/null || { echo "tidy: clang-tidy-19 is missing: install clang-tidy-19" >&2; exit 1; }
# A tree of its own: GCC's precompiled headers are none to clang.
cmake -S . -B build/tidy -G Ninja -DCMAKE_BUILD_TYPE=Debug -DHECATE_PRECOMPILE=OFF >/dev/null
if [ "$#" -gt 0 ]; then files=("$@"); else mapfile -t files < <(git ls-files 'src/*.cpp'); fi
printf '%s\0' "${files[@]}" |
  xargs -0 -n 4 -P "${JOBS:-$(nproc)}" clang-tidy-19 -p build/tidy --quiet --extra-arg=-Wno-unknown-warning-option
