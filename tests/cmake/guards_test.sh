#!/usr/bin/env bash
# Every guard can fail: each meets a tiny project that is right and then the same one with a single fault.
# usage: guards_test.sh SCRIPTS_DIR C_COMPILER CXX_COMPILER OBJDUMP NM AR
set -euo pipefail
scripts=$1 cc=$2 cxx=$3 objdump=$4 nm=$5 ar=$6
project="$(mktemp -d)/a project" # with a space
trap 'rm -rf "$(dirname "$project")"' EXIT
mkdir -p "$project"
cd "$project"
wrong=0

expect() { # expect pass|fail WHAT COMMAND...
    local want=$1 what=$2 got=pass
    shift 2
    "$@" >output 2>&1 || got=fail
    [ $got = "$want" ] || { echo "$what: expected $want, got $got"; cat output; wrong=1; }
}

library() { "$cc" -std=c17 -O2 -fcommon -c -x c -o core.o - && rm -f core.a && "$ar" cr core.a core.o; }
core() { # core pass|fail C_SOURCE
    library <<<"$2"
    expect "$1" "core: $2" "$scripts/core.sh" core.a "$objdump" "$nm"
}
core pass 'int f(void) { return 1; } int (*const table[])(void) = {f};'
core pass $'#include <assert.h>\n#include <stdio.h>\nint f(char *b, int n) { assert(n); return snprintf(b, 9, "%d", n); }'
core fail 'int n = 1; int f(void) { return n++; }'
core fail 'int n; int f(void) { return n++; }'
core fail 'int f(void) { static int n; return n++; }'
core fail 'int f(void) { static _Thread_local int n; return n++; }'
core fail 'static int g(void) { return 1; } int (*p)(void) = g; int f(void) { return p(); }'
core fail $'#include <stdlib.h>\nvoid f(void) { exit(1); }'
core fail $'#include <stdlib.h>\nvoid f(void) { abort(); }'
core fail $'#include <stdio.h>\nvoid f(int n) { printf("%d", n); }'
core fail $'#include <stdio.h>\nvoid f(int n) { fprintf(stderr, "%d", n); }'
core fail 'void _ZN7sc_core8sc_startEv(void); void f(void) { _ZN7sc_core8sc_startEv(); }'

mkdir -p hw sim tlm tests/hw tests/data traces sim/arch .ci
echo 'int f(void);' | tee hw/a.h sim/a.h >tlm/a.hpp
echo 'int f(void);' | tee hw/a.c tests/hw/a_test.cpp >sim/main.cpp
touch LICENSE CMakeLists.txt .gitignore bootstrap.sh
echo 'BasedOnStyle: LLVM' >.clang-format

project_guard() { # project_guard GUARD FILE FAULT [ARGUMENT...]
    local guard=$1 file=$2 fault=$3
    shift 3
    expect pass "$guard" "$scripts/$guard.sh" . "$@"
    if [ -e "$file" ]; then cp "$file" kept; fi
    echo "$fault" >"$file"
    expect fail "$guard: $fault in $file" "$scripts/$guard.sh" . "$@"
    if [ -e kept ]; then mv kept "$file"; else rm "$file"; fi
}
project_guard headers hw/a.h 'static inline uint8_t f(void) { return 0; }' "$cc" "$cxx"
project_guard headers hw/a.h 'namespace a {}' "$cc" "$cxx"
project_guard headers sim/a.h 'static inline int *f(void *p) { return p; }' "$cc" "$cxx"
project_guard headers tlm/a.hpp 'std::string f();' "$cc" "$cxx"
for file in hw/b.c sim/b.c sim/b.cpp tlm/b.c tlm/b.cpp; do project_guard twins $file 'int f(void);'; done
for file in hw/b.h tlm/b.hpp; do project_guard twins $file 'static inline int f(void) { return 1; }'; done
for file in hw/a.c README.md .ci/run tests/data/b; do
    project_guard words $file '../shar''ed/x'
    project_guard words $file '/ho''me/x'
    project_guard words $file '/wo''rk/x'
done
status=0
"$scripts/format.sh" . >/dev/null || status=$?
[ $status -eq 77 ] || project_guard format hw/a.c 'int   f ( void ) ;'

readme() { # readme pass|fail BLOCK
    # shellcheck disable=SC2016 # backquotes of Markdown
    printf '```sh\n%s\n```\n' "$2" >README.md
    expect "$1" "readme: $2" "$scripts/readme.sh" "$PWD" /bin/sh README.md
}
printf 'replay)\ntest)\n' >bootstrap.sh
readme pass 'build/npim -c true'
readme pass $'./bootstrap.sh test\nbuild/npim -c \\\n    true # comment'
readme fail $'build/npim -c true\nbuild/npim -c false'
readme fail 'build/npim -c false | cat'
readme fail './bootstrap.sh nonsense'
readme fail 'ls'

excerpt() { # excerpt pass|fail LINE_BEFORE BLOCK
    # shellcheck disable=SC2016 # backquotes of Markdown
    printf '%s\n\n```\n%s\n```\n' "$2" "$3" >README.md
    expect "$1" "excerpt: $2: $3" "$scripts/readme.sh" "$PWD" /bin/sh README.md
}
# shellcheck disable=SC2016
print='`build/npim -c "echo latency  12.5 us, 3.0 more; echo energy 7 pJ"` (words left out):'
excerpt pass "$print" $'latency 12.5 us,\n\nenergy 7 pJ'
excerpt pass "$print" '  latency ... 3.0 more'
excerpt fail "$print" $'latency 12.5 us,\nenergy 8 pJ'
excerpt fail "$print" 'latency 12.50 us,'
excerpt fail "$print" 'latency 3.0 12.5'
excerpt fail "$print" 'latency 7'
excerpt fail "$print" '12.5 us,'
excerpt fail 'Some words:' 'latency 12.5'
# shellcheck disable=SC2016
excerpt fail '`build/npim -c false`:' ''
# shellcheck disable=SC2016
excerpt fail '`build/npim -c true`:' 'latency 12.5'
exit $wrong
