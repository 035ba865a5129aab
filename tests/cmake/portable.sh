#!/usr/bin/env bash
# The same bytes on any machine: values computed with the best kernels, with the portable ones, with several threads,
# and in a C library that believes in a plainer CPU.
# usage: portable.sh PROGRAM SOURCE_DIR
set -euo pipefail
program=$1
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# run NAME COMMAND...: what it prints, but for the one figure that the wall clock makes
run() {
    local name=$1
    shift
    "$@" | sed '/"macs_per_s"/d' >"$scratch/$name"
}

plain=(env GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2_Usable,-AVX2,-FMA_Usable,-FMA,-AVX512F)
for arch in neural-pim isaac cascade; do
    values=(infer traces/digits --arch "$arch" --mode analog --set block.rram.read_sigma=0.01 --json)
    run best "$program" "${values[@]}"
    run portable "${plain[@]}" "$program" "${values[@]}" --isa portable
    run threads "$program" "${values[@]}" --threads 3
    for other in portable threads; do
        cmp "$scratch/best" "$scratch/$other" || { echo "$arch: $other differs" >&2; exit 1; }
    done
    run best "$program" replay mobilenet_v1 --arch "$arch" --json
    run portable "${plain[@]}" "$program" replay mobilenet_v1 --arch "$arch" --json
    cmp "$scratch/best" "$scratch/portable" || { echo "$arch, replay: differs" >&2; exit 1; }
done
run best "$program" characterize neural-adc --samples 10 --json
run portable "${plain[@]}" "$program" characterize neural-adc --samples 10 --json
cmp "$scratch/best" "$scratch/portable"
