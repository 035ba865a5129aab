#!/usr/bin/env bash
# Every header stands alone: hw/*.h, hw/*/*.h, sim/*.h and sim/*/*.h as C17 and as C++17, *.hpp as C++17.
# usage: headers.sh SOURCE_DIR C_COMPILER CXX_COMPILER [FLAG...]
set -euo pipefail
shopt -s nullglob
cd "$1"
cc=$2 cxx=$3
shift 3
flags=(-fsyntax-only -D_POSIX_C_SOURCE=200809L -I. -Wall -Wextra -Wpedantic -Werror "$@")

# Two arguments per compilation: the language and the header.
jobs=()
for header in hw/*.h hw/*/*.h sim/*.h sim/*/*.h; do jobs+=(c "$header" c++ "$header"); done
for header in tlm/*.h hw/*.hpp sim/*.hpp tlm/*.hpp; do jobs+=(c++ "$header"); done
[ ${#jobs[@]} -gt 0 ] || { echo "no headers in $PWD" >&2; exit 1; }

check() { # check CC CXX LANGUAGE HEADER FLAG...
    local cc=$1 cxx=$2 language=$3 header=$4 compiler
    shift 4
    case $language in
    c) compiler=("$cc" -std=c17) ;;
    c++) compiler=("$cxx" -std=c++17) ;;
    esac
    "${compiler[@]}" "$@" -x "$language" "$header" || { echo "$header does not stand alone as $language" >&2; exit 1; }
}
export -f check
# shellcheck disable=SC2016 # expands in the inner shell
printf '%s\0' "${jobs[@]}" | xargs -0 -n 2 -P "$(nproc)" \
    bash -c 'check "$1" "$2" "${@: -2}" "${@:3:$#-4}"' check "$cc" "$cxx" "${flags[@]}"
echo "$((${#jobs[@]} / 2)) compilations"
