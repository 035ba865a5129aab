#!/usr/bin/env bash
# Builds tests/fuzz/NAME_fuzz.cpp with libFuzzer and the sanitizers and lets it run. Nothing may crash, leak, or ask
# for more than 64 MiB at once. Exit code 77 where there is no clang with libFuzzer: then nothing was tried.
# usage: fuzz.sh SOURCE_DIR BUILD_DIR NAME RUNS SEEDS [SOURCE | FLAG]...
#   RUNS     inputs to try: with a fixed seed and from an empty BUILD_DIR the same ones every time
#   SEEDS    folder of inputs to begin with; what is found is kept in BUILD_DIR/corpus, what fails in BUILD_DIR
#   SOURCE   .c or .cpp under test, from SOURCE_DIR; FLAGs (-I..., -l...) go to all steps, but for those of the
#            harness: -malloc_limit_mb=N, for one that may ask for more at once
# CLANG names another compiler than clang-14 or clang; NPIM_TEST_SEED another seed than 1.
set -euo pipefail
[ $# -ge 5 ] || { sed -n '2,11s/^# //p' "$0" >&2; exit 2; }
cd "$1"
build=$2 name=$3 runs=$4 seeds=$5
shift 5

cc=${CLANG:-$(command -v clang-14 || command -v clang || true)}
cxx=${cc/clang/clang++}
mkdir -p "$build/corpus"
echo 'extern "C" int LLVMFuzzerTestOneInput(const char *, unsigned long) { return 0; }' >"$build/probe.cpp"
if [ -z "$cc" ] || ! "$cxx" -fsanitize=fuzzer,address,undefined "$build/probe.cpp" -o "$build/probe" 2>"$build/probe.log"; then
    echo "no clang with libFuzzer here: $name is not fuzzed" >&2
    exit 77
fi

flags=(-g1 -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -ffp-contract=off -D_POSIX_C_SOURCE=200809L -I.)
sources=("tests/fuzz/${name}_fuzz.cpp") libraries=() limits=()
for argument; do
    case $argument in
    *.c | *.cpp) sources+=("$argument") ;;
    -malloc_limit_mb=*) limits+=("$argument") ;;
    -l* | -L*) libraries+=("$argument") ;;
    *) flags+=("$argument") ;;
    esac
done
objects=()
for source in "${sources[@]}"; do
    object=$build/${source//\//_}.o
    case $source in
    *.c) compiler=("$cc" -std=c17) ;;
    *) compiler=("$cxx" -std=c++17) ;;
    esac
    "${compiler[@]}" "${flags[@]}" -fsanitize=fuzzer-no-link,address,undefined -c "$source" -o "$object"
    objects+=("$object")
done
"$cxx" -fsanitize=fuzzer,address,undefined "${objects[@]}" -o "$build/${name}_fuzz" "${libraries[@]}"

dictionary=()
[ ! -f "tests/fuzz/$name.dict" ] || dictionary=("-dict=tests/fuzz/$name.dict")
exec "$build/${name}_fuzz" -runs="$runs" -seed="${NPIM_TEST_SEED:-1}" -malloc_limit_mb=64 -rss_limit_mb=2048 \
    "${limits[@]}" \
    -timeout=30 -print_final_stats=1 -verbosity=0 -artifact_prefix="$build/" "${dictionary[@]}" "$build/corpus" "$seeds"
