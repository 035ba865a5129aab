#!/usr/bin/env bash
# Takes the picture of the README: replays GoogLeNet with the waves of one tile, opens them in GTKWave on a screen that
# nobody sees, and grabs the window. Exit code 77 when GTKWave or Xvfb is missing (apt install gtkwave xvfb).
# usage: picture.sh PROGRAM OUT.png
set -euo pipefail
program=$(realpath "$1") out=$(realpath -m "$2")
command -v gtkwave >/dev/null && command -v xvfb-run >/dev/null || { echo "gtkwave and xvfb are needed" >&2; exit 77; }
source=$(realpath "$(dirname "$0")/../..")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cd "$source"
"$program" replay traces/googlenet --arch sim/arch/neural-pim.toml --json --wave "$scratch/wave.vcd" \
    --wave-scope 'chip_0.tile_060.**' --wave-window 60us:61us >/dev/null
cd "$scratch" # the save file finds what it names in its own folder
printf 'gtkwave::/File/Grab_To_File "%s"\ngtkwave::/File/Quit\n' "$scratch/wave.png" >grab.tcl
export NO_AT_BRIDGE=1
timeout 120 xvfb-run -a -s "-screen 0 1400x1000x24" gtkwave -S grab.tcl wave.gtkw >gtkwave.log 2>&1 || true
# An empty window has no 20 kB.
[ "$(stat -c %s wave.png 2>/dev/null || echo 0)" -gt 20000 ] || { cat gtkwave.log >&2; echo "no picture" >&2; exit 1; }
cp wave.png "$out"
