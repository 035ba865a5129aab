#!/usr/bin/env bash
# Every source file has its test of the same base name: hw/dac.c, tests/hw/dac_test.cpp.
# usage: twins.sh SOURCE_DIR
set -euo pipefail
shopt -s nullglob
cd "$1"
seen=0 missing=0
for source in hw/*.c sim/*.c sim/*.cpp tlm/*.cpp; do
    [ "$source" != sim/main.cpp ] || continue
    seen=$((seen + 1))
    [ -f "tests/${source%.*}_test.cpp" ] || { echo "$source has no tests/${source%.*}_test.cpp" >&2; missing=1; }
done
[ $seen -gt 0 ] && [ $missing -eq 0 ]
