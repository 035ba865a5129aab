#include "sim/values/npy_header.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* NumPy leaves room for the first dimension to grow to 21 digits, and lets the numbers begin at a multiple of
 * 64 bytes. */
enum { GROWTH = 21, ALIGNMENT = 64, LENGTH_AT = 8, TEXT_AT = 10, SIZE = 512, PATH_SIZE = 8192 };

/* Fills bytes with the header and returns its length. */
static size_t make_header(char bytes[SIZE], npim_npy_type type, uint32_t rank, const size_t *shape) {
    char text[NPIM_NPY_SHAPE_SIZE];
    size_t growth = rank ? GROWTH - (size_t)snprintf(NULL, 0, "%zu", shape[0]) : 0;
    memcpy(bytes, "\x93NUMPY\x01\x00", LENGTH_AT);
    size_t size = TEXT_AT + (size_t)snprintf(bytes + TEXT_AT, SIZE - TEXT_AT,
                                             "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
                                             npim_npy_codes[type], npim_npy_shape_text(rank, shape, text));
    size_t end = (size + growth + 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
    memset(bytes + size, ' ', end - size);
    bytes[end - 1] = '\n';
    bytes[LENGTH_AT] = (char)((end - TEXT_AT) & 255);
    bytes[LENGTH_AT + 1] = (char)((end - TEXT_AT) >> 8);
    return end;
}

npim_status npim_npy_write(const char *path, npim_npy_type type, uint32_t rank, const size_t *shape,
                           const void *data, npim_error *error) {
    char scratch[PATH_SIZE], header[SIZE];
    if (snprintf(scratch, sizeof scratch, "%s.part", path) >= PATH_SIZE)
        return npim_fail(error, NPIM_EUSAGE, "%s: the name is too long", path);
    size_t n = 1, size = make_header(header, type, rank, shape);
    for (uint32_t i = 0; i < rank; i++) n *= shape[i];
    FILE *out = fopen(scratch, "wb");
    if (!out) return npim_fail(error, NPIM_EUSAGE, "%s: cannot write: %s", scratch, strerror(errno));
    bool good = fwrite(header, 1, size, out) == size &&
                (n == 0 || fwrite(data, npim_npy_size(type), n, out) == n) && fflush(out) == 0;
    if (fclose(out) != 0) good = false;
    if (good && rename(scratch, path) == 0) return NPIM_OK;
    int reason = errno;
    unlink(scratch);
    return npim_fail(error, NPIM_EUSAGE, "%s: cannot write: %s", path, strerror(reason));
}
