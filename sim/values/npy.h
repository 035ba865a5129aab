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
    void *data; /* owned, in C order: the last index runs fastest */
} npim_npy;

/* Reads a whole file. array must be zeroed or finished. NPIM_ECONFIG naming the file for one that is missing,
 * no .npy, of another type, big endian, in Fortran's order, of more than 8 dimensions, with a header of more
 * than 64 KiB, cut short, or with more bytes than its shape says; NPIM_ENOMEM, never for more than the file
 * itself holds and 64 KiB. array stays as it is where it fails. */
NPIM_MUST_USE npim_status npim_npy_read(npim_npy *array, const char *path, npim_error *error);

/* The same from memory; name is for messages. */
NPIM_MUST_USE npim_status npim_npy_parse(npim_npy *array, const void *bytes, size_t size, const char *name,
                                         npim_error *error);

void npim_npy_fini(npim_npy *array); /* safe on a zeroed struct and twice */

/* Writes a file, byte for byte what numpy.save of NumPy 1.24 and 2 writes (version 1.0, numbers from a
 * multiple of 64 bytes on). It appears when it is complete. data: in C order, as many elements as shape says;
 * rank: 0 .. 8. NPIM_EUSAGE where it cannot be written. */
NPIM_MUST_USE npim_status npim_npy_write(const char *path, npim_npy_type type, uint32_t rank,
                                         const size_t *shape, const void *data, npim_error *error);

/* Element i as a real number, exactly but for int64 beyond 2^53; float16 has infinities and not-a-numbers. */
double npim_npy_at(const npim_npy *array, size_t i);

/* The shape as Python writes it, for messages: "(2, 3)", "(5,)", "()". */
enum { NPIM_NPY_SHAPE_SIZE = 192 };
const char *npim_npy_shape_text(uint32_t rank, const size_t *shape, char text[NPIM_NPY_SHAPE_SIZE]);

/* Bytes of an element. */
size_t npim_npy_size(npim_npy_type type);

#ifdef __cplusplus
}
#endif
#endif
