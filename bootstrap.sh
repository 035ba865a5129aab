#!/usr/bin/env bash
# The newcomer's two commands: install what is missing, build, then replay a network or run the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1
program_packages=(g++ cmake ninja-build pkg-config libsystemc-dev libgtest-dev libtoml11-dev librandom123-dev libcjson-dev libmd-dev
    libonnx-dev libprotobuf-dev gnuplot-nox)
test_packages=(clang libclang-rt-14-dev) # for libFuzzer

usage() {
    cat >&2 <<'TEXT'
usage: ./bootstrap.sh replay [OPTION...]   build, then: build/npim replay vgg16 OPTION..., and without OPTIONs the
                                           accuracy of a small network on the three architectures
       ./bootstrap.sh test [OPTION...]     build and test twice, the second time under sanitizers; OPTIONs go to ctest
Installs missing Debian or Ubuntu packages first. Relative paths in OPTIONs start at the checkout.
TEXT
    exit 2
}

install_missing() {
    local packages=("$@") missing=() root=() name
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "bootstrap.sh: not Debian or Ubuntu; install the like of: ${packages[*]}" >&2
        return 0 # CMake names what it does not find
    fi
    for name in "${packages[@]}"; do
        dpkg-query -W -f='${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "bootstrap.sh: neither root nor sudo; let an administrator run: apt-get install ${missing[*]}" >&2
            exit 1
        fi
        root=(sudo)
    fi
    echo "bootstrap.sh: installing ${missing[*]}" >&2
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=900)
    "${apt[@]}" update
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
}

# build DIRECTORY TARGET [CMAKE OPTION...]
build() {
    local directory=$1 target=$2
    shift 2
    # The variable instead of -G: a directory configured before with another generator stays usable.
    CMAKE_GENERATOR=Ninja cmake -S . -B "$directory" -DCMAKE_BUILD_TYPE=Release -DNPIM_TESTS=ON "$@"
    cmake --build "$directory" --target "$target" --parallel "$(nproc)"
}

run_tests() {
    ctest --output-on-failure --no-tests=error --parallel "$(nproc)" "$@"
}

case "${1-}" in
replay)
    shift
    install_missing "${program_packages[@]}"
    build build npim
    set -x
    build/npim replay vgg16 "$@"
    [ $# -eq 0 ] || exit 0
    for arch in neural-pim isaac cascade; do
        build/npim infer traces/digits --arch "$arch" --mode analog
    done
    ;;
test)
    shift
    install_missing "${program_packages[@]}" "${test_packages[@]}"
    build build all
    run_tests --test-dir build "$@"
    build build-sanitize all -DNPIM_SANITIZE=ON
    run_tests --test-dir build-sanitize --label-exclude 'slow|guard|readme' "$@"
    ;;
*) usage ;;
esac
