#!/usr/bin/env bash
# Every source file has its test of the same base name: hw/dac.c, tests/hw/dac_test.cpp. So has every header that is
# all there is of its unit and holds code (a return), not declarations alone: tlm/slots.hpp, tests/tlm/slots_test.cpp.
# What a kernel has for single instruction sets (matrix_avx2.c) is tested with it (matrix_test.cpp).
# usage: twins.sh SOURCE_DIR
set -euo pipefail
shopt -s nullglob
cd "$1"
seen=0 missing=0
sources=(hw/*.c hw/*/*.c sim/*.c sim/*/*.c sim/*.cpp tlm/*.c tlm/*.cpp)
for header in hw/*.h sim/*.h sim/*/*.h sim/*.hpp tlm/*.h tlm/*.hpp; do
    base=${header%.*}
    [ -f "$base.c" ] || [ -f "$base.cpp" ] || ! grep -qE '\<return\>[^;]*;' "$header" || sources+=("$header")
done
for source in "${sources[@]}"; do
    [ "$source" != sim/main.cpp ] || continue
    seen=$((seen + 1))
    base=${source%.*}
    base=${base%_avx*}
    [ -f "tests/${base}_test.cpp" ] || { echo "$source has no tests/${base}_test.cpp" >&2; missing=1; }
done
[ $seen -gt 0 ] && [ $missing -eq 0 ]
