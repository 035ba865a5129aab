#!/usr/bin/env bash
# What the documents tell people to type works. Takes the lines of ```sh blocks that start with build/npim or
# ./bootstrap.sh (a trailing backslash continues a line), runs the former in a copy of the data, and knows the latter.
# What they show is true: a block without a language is output of the command that begins the line before it, in
# backquotes. Each of its lines must be a line of the output, out of which words may be left.
# NPIM_KEPT_RUNS: a folder with runs of `npim reproduce --quick`, if they were made before; keys tell whether they count.
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
if [ -f "${NPIM_KEPT_RUNS-}/lock" ]; then
    mkdir reproduction
    cp -R "$NPIM_KEPT_RUNS" reproduction/runs
fi

commands() {
    awk '{sub(/^[ \t]+/, "")}
         /^```/ {inside = !inside && /^```sh[ \t]*$/; held = ""; next}
         inside {line = held $0
                 if (sub(/\\$/, "", line)) {held = line; next}
                 held = ""
                 if (line ~ /^(build\/npim|\.\/bootstrap\.sh)([ \t]|$)/) print line}' "$1"
}

# Every block of output as a file of its own in excerpts/: the command, then the lines.
excerpts() {
    awk '{line = $0; sub(/^[ \t]+/, "", line)}
         line ~ /^```/ && !inside {inside = 1
                                   shown = line ~ /^```[ \t]*$/ ? "excerpts/" ++n : ""
                                   if (shown) {sub(/^[^`]*`/, "", before); sub(/`.*/, "", before); print before >shown}
                                   next}
         line ~ /^```/ {inside = 0; before = ""; next}
         inside {if (shown && NF) print >shown; next}
         NF {before = line ~ /^`build\/npim / ? line : ""}' "$1"
}

# Prints the lines of an excerpt that no line of the output has: its words in their order, "..." for nothing.
missing() { # missing EXCERPT OUTPUT
    awk 'function within(excerpt, line,  wanted, words, n, m, i, k) {
             n = split(excerpt, wanted); m = split(line, words)
             if (wanted[1] "" != words[1] "") return 0
             for (i = k = 1; i <= n; i++) {
                 if (wanted[i] == "...") continue
                 while (k <= m && words[k] "" != wanted[i] "") k++ # as texts: 12.50 is not 12.5
                 if (k++ > m) return 0
             }
             return 1
         }
         FILENAME == ARGV[1] {output[++lines] = $0; next}
         FNR > 1 {found = 0
                  for (l = 1; l <= lines && !found; l++) found = within($0, output[l])
                  if (!found) print}' "$2" "$1"
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

mkdir excerpts
excerpts "$document"
shopt -s nullglob
for excerpt in excerpts/*; do
    count=$((count + 1))
    line=$(head -n 1 "$excerpt")
    echo "\$ $line"
    [ -n "$line" ] || { echo "a block of output without its command:"; cat "$excerpt"; failed=1; continue; }
    bash -euo pipefail -c "$line" </dev/null >output || failed=1
    stale=$(missing "$excerpt" output)
    [ -z "$stale" ] || { printf 'not in the output of %s:\n%s\n' "$line" "$stale"; failed=1; }
done
echo "$count commands of $3"
[ $count -gt 0 ] && [ $failed -eq 0 ]
