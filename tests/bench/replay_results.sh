#!/bin/sh
# Writes the results of many replays, to compare two builds byte by byte after work on speed:
#   replay_results.sh build/npim /tmp/before; ...; replay_results.sh build/npim /tmp/after
#   diff -r -x timing.json /tmp/before /tmp/after
# A third argument names a folder with vgg16 and resnet50, which are then replayed on one large chip; a fourth
# limits the run to networks that match it.
set -eu
npim=$1 out=$2 large=${3:-} only=${4:-}
mkdir -p "$out"

replay() { # name, arguments of npim replay
    name=$1
    shift
    case $name in *"$only"*) ;; *) return 0 ;; esac
    "$npim" replay "$@" --json --force --out "$out/$name" >"$out/$name.json"
}

for arch in neural-pim isaac cascade; do
    for network in googlenet mobilenet_v1 mobilenet_v2; do
        for images in 1 4; do
            replay "$network-$arch-$images" "$network" --arch "$arch" --images "$images"
        done
    done
done
replay mobilenet_v1-minimum mobilenet_v1 --images 2 --set run.minimum_buffers=true
replay googlenet-ideal googlenet --arch isaac --images 2 --set run.ideal_links=true
[ -n "$large" ] || exit 0
while read -r arch vgg_tiles resnet_tiles; do # the smallest chips of one piece that hold them, as if linked
    replay "vgg16-$arch" "$large/vgg16" --arch "$arch" --set "chip.tiles=$vgg_tiles"
    replay "resnet50-$arch" "$large/resnet50" --arch "$arch" --set "chip.tiles=$resnet_tiles"
done <<EOF
neural-pim 2240 560
isaac 1416 354
cascade 1184 296
EOF
