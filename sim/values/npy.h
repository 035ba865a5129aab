/* Arrays in files of NumPy's format (.npy, versions 1 to 3, little endian, C order). */
#ifndef NPIM_SIM_VALUES_NPY_H
#define NPIM_SIM_VALUES_NPY_H

#include "hw/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_NPY_MAX_RANK = 8 };

typedef enum npim_npy_type {
    NPIM_NPY_I8,
    NPIM_NPY_U8,
    NPIM_NPY_I16,
    NPIM_NPY_U16,
    NPIM_NPY_I32,
    NPIM_NPY_I64,
    NPIM_NPY_F16,
    NPIM_NPY_F32,
    NPIM_NPY_F64,
    NPIM_NPY_TYPES
} npim_npy_type;

extern const char *const npim_npy_type_names[]; /* "int8", "uint8", ..., "float64", NULL */

typedef struct npim_npy {
    npim_npy_type type;
    uint32_t rank; /* 0: a single number */
    size_t shape[NPIM_NPY_MAX_RANK];
    size_t n;   /* elements; may be 0 */
    void *data; /* owned */
} npim_npy;

/* Reads a whole file. array must be zeroed or finished. NPIM_ECONFIG naming the file for one that is missing,
 * no .npy, of another type, big endian, in Fortran's order, of more than 8 dimensions, cut short, or with
 * more bytes than its shape says; NPIM_ENOMEM, never for more than the file itself holds. */
NPIM_MUST_USE npim_status npim_npy_read(npim_npy *array, const char *path, npim_error *error);

/* The same from memory; name is for messages. */
NPIM_MUST_USE npim_status npim_npy_parse(npim_npy *array, const void *bytes, size_t size, const char *name,
                                         npim_error *error);

void npim_npy_fini(npim_npy *array); /* safe on a zeroed struct and twice */

/* Writes a file, byte for byte what numpy.save writes (version 1.0, header padded to 64 bytes). NPIM_EUSAGE
 * where it cannot be written. */
NPIM_MUST_USE npim_status npim_npy_write(const char *path, npim_npy_type type, uint32_t rank,
                                         const size_t *shape, const void *data, npim_error *error);

/* Element i as a real number; every type but int64 beyond 2^53 exactly. */
double npim_npy_at(const npim_npy *array, size_t i);

/* Bytes of an element. */
size_t npim_npy_size(npim_npy_type type);

#ifdef __cplusplus
}
#endif
#endif
