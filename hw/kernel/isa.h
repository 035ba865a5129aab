/* Instruction sets that the vector kernels are written for. All of them give the same bytes: a kernel's
 * arithmetic is integers, or operations that IEEE 754 rounds exactly, in one order. */
#ifndef NPIM_HW_KERNEL_ISA_H
#define NPIM_HW_KERNEL_ISA_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_isa {
    NPIM_ISA_PORTABLE, /* plain C */
    NPIM_ISA_AVX2,     /* with popcnt */
    NPIM_ISA_AVX512,   /* F, BW, DQ, VL, VBMI, VNNI, VPOPCNTDQ, BITALG */
    NPIM_ISAS
} npim_isa;

extern const char *const npim_isa_names[]; /* "portable", "avx2", "avx512", NULL */

/* Does this machine have it? Kernels may be called with no other. */
bool npim_isa_supported(npim_isa isa);

/* The last one that it has. */
npim_isa npim_isa_best(void);

#ifdef __cplusplus
}
#endif
#endif
