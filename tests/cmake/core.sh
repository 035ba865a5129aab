#!/usr/bin/env bash
# The hardware library keeps no state of its own, knows no SystemC and leaves printing and exiting to the program.
# usage: core.sh LIBRARY OBJDUMP NM
set -euo pipefail
library=$1 objdump=$2 nm=$3

# Objects in writable sections; .data.rel.ro holds constant tables of pointers. No pipe from the tools: their
# failure must fail the test.
symbols=$("$objdump" -t "$library")
undefined=$("$nm" -u "$library")
grep -q '\.text' <<<"$symbols" || { echo "$library holds no code" >&2; exit 1; }

globals=$(awk '/ O (\.data|\.bss|\*COM\*)/ && !/ \.data\.rel\.ro/ || / \.t(data|bss)/ && !/ d /' <<<"$symbols")
# snprintf and vsnprintf fill buffers and stay allowed, as does assert's __assert_fail.
banned='_Z.*|sc_.*|std(in|out|err)|(__)?(v|f|vf|d|vd)?printf(_chk)?|f?puts|f?putc|putchar|fwrite|f?open|fopen64|write|perror'
banned+='|exit|_exit|_Exit|quick_exit|abort|raise|system|popen|getenv|s?rand|s?random|[dlm]rand48|time|clock|clock_gettime'
calls=$(awk '$1 == "U" {print $2}' <<<"$undefined" | sort -u | grep -xE "$banned" || true)

[ -z "$globals" ] || printf 'mutable globals in hw/:\n%s\n' "$globals" >&2
[ -z "$calls" ] || printf 'not for hw/:\n%s\n' "$calls" >&2
[ -z "$globals$calls" ]
