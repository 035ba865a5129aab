#!/usr/bin/env bash
# What the documents tell people to type works. Takes the lines of ```sh blocks that start with build/npim or
# ./bootstrap.sh (a trailing backslash continues a line), runs the former in a copy of the data, and knows the latter.
# usage: readme.sh SOURCE_DIR PROGRAM DOCUMENT     (DOCUMENT relative to SOURCE_DIR)
set -euo pipefail
source=$1 program=$2 document=$1/$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Directories as in a checkout, with the program where the documents have it.
mkdir "$scratch/build"
ln -s "$program" "$scratch/build/npim"
cd "$source"
cp -R --parents traces sim/arch tests/data "$scratch"
cd "$scratch"

commands() {
    awk '{sub(/^[ \t]+/, "")}
         /^```/ {inside = !inside && /^```sh[ \t]*$/; held = ""; next}
         inside {line = held $0
                 if (sub(/\\$/, "", line)) {held = line; next}
                 held = ""
                 if (line ~ /^(build\/npim|\.\/bootstrap\.sh)([ \t]|$)/) print line}' "$1"
}

count=0 failed=0
while IFS= read -r line; do
    count=$((count + 1))
    echo "\$ $line"
    if [[ $line == ./bootstrap.sh* ]]; then
        word=$(awk '{print $2}' <<<"$line")
        grep -qxE "${word:-none}\)" "$source/bootstrap.sh" || { echo "bootstrap.sh does not know '$word'"; failed=1; }
        continue
    fi
    status=0
    bash -euo pipefail -c "$line" </dev/null >output 2>&1 || status=$?
    [ $status -eq 0 ] || { echo "exit code $status:"; tail -n 40 output; failed=1; }
done < <(commands "$document")
echo "$count commands of $3"
[ $count -gt 0 ] && [ $failed -eq 0 ]
