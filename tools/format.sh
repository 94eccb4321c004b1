#!/usr/bin/env bash
# Lays out the C++ sources in place; with --check only says what is not laid out, and fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v clang-format-19 >/dev/null || { echo "format: clang-format-19 is missing: install clang-format-19" >&2; exit 1; }
mode=(-i)
[ "${1:-}" = --check ] && mode=(--dry-run --Werror)
git ls-files -z '*.h' '*.cpp' | xargs -0 clang-format-19 "${mode[@]}"
