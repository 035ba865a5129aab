#!/bin/sh
# Writes the results of many replays, to compare two builds byte by byte after work on speed:
#   replay_results.sh build/npim /tmp/before; ...; replay_results.sh build/npim /tmp/after
#   diff -r -x timing.json /tmp/before /tmp/after
# A third argument limits the run to names that contain it.
set -eu
npim=$1 out=$2 only=${3:-}
mkdir -p "$out"

replay() { # name, arguments of npim replay
    name=$1
    shift
    case $name in *"$only"*) ;; *) return 0 ;; esac
    "$npim" replay "$@" --json --force --out "$out/$name" >"$out/$name.json"
}

for arch in neural-pim isaac cascade; do
    for network in googlenet mobilenet_v1 mobilenet_v2; do
        replay "$network-$arch" "$network" --arch "$arch"
        replay "$network-$arch-4" "$network" --arch "$arch" --images 4
    done
    replay "vgg16-$arch" vgg16 --arch "$arch"
    replay "resnet50-$arch-2" resnet50 --arch "$arch" --images 2
done
replay mobilenet_v1-minimum mobilenet_v1 --images 2 --set run.minimum_buffers=true
replay googlenet-ideal googlenet --arch isaac --images 2 --set system.ideal_links=true
