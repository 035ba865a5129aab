#include "hw/kernel/isa.h"

#include <stddef.h>

const char *const npim_isa_names[] = {"portable", "avx2", "avx512", NULL};

#ifdef __x86_64__

static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni") &&
           __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512bitalg");
}

#else

static bool has_avx2(void) {
    return false;
}

static bool has_avx512(void) {
    return false;
}

#endif

bool npim_isa_supported(npim_isa isa) {
    switch (isa) {
    case NPIM_ISA_PORTABLE:
        return true;
    case NPIM_ISA_AVX2:
        return has_avx2();
    case NPIM_ISA_AVX512:
        return has_avx512();
    case NPIM_ISAS:
        break;
    }
    return false;
}

npim_isa npim_isa_best(void) {
    npim_isa best = NPIM_ISA_PORTABLE;
    for (int isa = 0; isa < NPIM_ISAS; isa++)
        if (npim_isa_supported((npim_isa)isa)) best = (npim_isa)isa;
    return best;
}
