#!/usr/bin/env bash
# The project stands alone: no file mentions a path outside of it. Only the project's own entries are read, so that
# build trees and results beside them may.
# usage: words.sh SOURCE_DIR
set -euo pipefail
cd "$1"
shopt -s nullglob
entries=(.ci .clang-* .gitignore ./*.txt ./*.md ./*.sh LICENSE hw sim tlm traces tests)
status=0
# Brackets keep this file from naming what it forbids.
grep -rnIE '[.][.]/share[d]|/[h]ome/|/[w]ork/' "${entries[@]}" >&2 || status=$?
[ $status -eq 1 ] # 0: found; 2: could not read
