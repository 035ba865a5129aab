/* Inside sim/values/npy*.c: what stands before the numbers of a .npy file. */
#ifndef NPIM_SIM_VALUES_NPY_HEADER_H
#define NPIM_SIM_VALUES_NPY_HEADER_H

#include "sim/values/npy.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a file that its header may take, and that reading one needs at most. */
enum { NPIM_NPY_HEADER_SIZE = 65536 };

/* As NumPy spells the types: "|i1", ..., "<f8". */
extern const char *const npim_npy_codes[NPIM_NPY_TYPES];

typedef struct npim_npy_header {
    npim_npy_type type;
    uint32_t rank;
    size_t shape[NPIM_NPY_MAX_RANK];
    size_t n;       /* elements; their bytes fit size_t */
    size_t data_at; /* bytes before the first element */
} npim_npy_header;

/* bytes: the first `size` of a file, all of them or NPIM_NPY_HEADER_SIZE. NPIM_ECONFIG, the message beginning
 * with name. */
NPIM_MUST_USE npim_status npim_npy_header_parse(npim_npy_header *header, const void *bytes, size_t size,
                                                const char *name, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
